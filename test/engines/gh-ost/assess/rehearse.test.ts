import t from 'tap';
import { forEachServer } from '../../../servers.js';
import { agrees, privateTemp, resultOf, stage, usualStall } from '../../../support/ghost-stage.js';

privateTemp(t);

await forEachServer(t, ['mysql-8.0'], async (t, server) => {
  t.test('a swap that this server cannot make is found before a row is copied', async (t) => {
    const on = await stage(t, server, { rows: 2_000 });
    const before = await on.definition();
    const usual = await usualStall(t, server);
    const load = await on.load();
    const request = on.request('MODIFY amount BIGINT', {
      ghost: { rehearse: 'always', cutOverLockTimeoutSeconds: 1 },
    });
    const result = await resultOf(request);
    const report = await load.stop();
    const usualMs = await usual();
    t.match(result, { outcome: 'refused', exitCode: 4, reason: { id: 'rehearsal-failed' }, left: undefined });
    t.match(result.reason.text, /tried \d times to cut over an empty table that nobody uses/);
    t.match(result.next, /another version of gh-ost/);
    t.equal(await on.definition(), before);
    t.same(await on.left(), []);
    t.notOk(
      request.events.some(({ type }) => type === 'progress'),
      'no row of the table was copied',
    );
    t.ok((report.longestStallMs ?? 0) < 10_000 + usualMs, 'and nobody was held up');
    t.match(await on.compare(report), agrees);
  });
});

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('what would end well is rehearsed in seconds, and done', async (t) => {
    const on = await stage(t, server, { rows: 2_000 });
    const request = on.request('MODIFY amount BIGINT', { ghost: { rehearse: 'always' } });
    const result = await resultOf(request);
    t.match(result, { outcome: 'done', exitCode: 0 });
    t.same(await on.left(), [result.oldTable]);
    const phases = request.events.flatMap((event) => (event.type === 'phase' ? [event.phase] : []));
    t.same(phases, [
      'inspect',
      'probe',
      'check',
      'rehearse',
      'copy',
      'verify',
      'wait-cut-over',
      'cut-over',
      'clean-up',
    ]);
    const started = request.events.filter(
      (event) => event.type === 'gh-ost' && event.text.startsWith('starting gh-ost'),
    );
    t.equal(started.length, 2);
  });

  t.test('auto: only a copy that is predicted to take over a minute is rehearsed', async (t) => {
    const on = await stage(t, server, { rows: 500 });
    const request = on.request('MODIFY amount BIGINT', { ghost: { rehearse: 'auto' } });
    t.match(await resultOf(request), { outcome: 'done' });
    t.notOk(request.events.some((event) => event.type === 'phase' && event.phase === 'rehearse'));
  });

  t.test('a rehearsal with the rights that gh-ost asks for, and no more', async (t) => {
    const on = await stage(t, server, { rows: 500 });
    const user = `aw_${on.table.name}`;
    await on.schema.query(`CREATE USER ${user} IDENTIFIED BY 'x'`);
    t.teardown(() => on.schema.connect().then((connection) => connection.query(`DROP USER ${user}`)));
    await on.schema.query(`GRANT REPLICATION CLIENT, REPLICATION SLAVE, PROCESS ON *.* TO ${user}`);
    await on.schema.query(`GRANT ALL ON \`${on.schema.name}\`.* TO ${user}`);
    await on.schema.query(`GRANT SELECT ON performance_schema.* TO ${user}`);
    const request = on.request('MODIFY amount BIGINT', {
      account: { ...server, user, password: 'x' },
      ghost: { rehearse: 'always' },
    });
    const result = await resultOf(request);
    t.match(result, { outcome: 'done', exitCode: 0 });
    t.same(await on.left(), [result.oldTable]);
  });
});
