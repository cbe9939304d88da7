import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { forEachServer } from '../servers.js';
import { agrees, type Holder, privateTemp, resultOf, stage } from '../support/ghost-stage.js';

privateTemp(t);

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('the swap waits for an old transaction, and holds nobody up meanwhile', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
    const load = await on.load();
    const holder = await on.hold();
    const request = on.request('MODIFY amount BIGINT');
    const running = resultOf(request);
    const waits = () => request.events.some(({ type }) => type === 'blockers' || type === 'outcome');
    while (!waits()) await sleep(50);
    await load.lap();
    await sleep(3_000);
    const { longestStallMs = 0 } = await load.lap();
    t.ok(longestStallMs < 3_000, `writers stood still for ${Math.round(longestStallMs)} ms at most`);
    const isSwap = ({ type, ...event }: { type: string; phase?: string }) =>
      type === 'phase' && event.phase === 'cut-over';
    t.notOk(request.events.some(isSwap), 'no attempt was made');
    const ended = performance.now();
    await holder.end();
    const result = await running;
    const tookMs = performance.now() - ended;
    t.match(result, { outcome: 'done', exitCode: 0 });
    t.ok(tookMs < 20_000, `swapped ${Math.round(tookMs)} ms after the transaction`);
    const blockers = request.events.flatMap((event) => (event.type === 'blockers' ? event.blockers : []));
    t.match(blockers[0], { connectionId: holder.id, user: server.user, role: 'holds' });
    const report = await load.stop();
    t.match(await on.compare(report), agrees);
    t.same(await on.left(), [result.oldTable]);
  });

  t.test('a transaction that never ends: exit 5, who it is, and everything removed', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
    const before = await on.definition();
    const load = await on.load();
    const holder = await on.hold();
    const result = await resultOf(on.request('MODIFY amount BIGINT', { settings: { lockBudgetMs: 2_500 } }));
    const report = await load.stop();
    t.match(result, { outcome: 'lock-timeout', exitCode: 5, attempts: 0, left: undefined });
    t.match(result.blockers?.[0], {
      connectionId: holder.id,
      user: server.user,
      host: /localhost|127\.0\.0\.1/,
      query: /SELECT \* FROM .* LIMIT 1/,
    });
    t.ok((result.blockers?.[0]?.ageMs ?? 0) >= 2_500);
    t.match(result.next, `KILL ${holder.id}`);
    t.match(result.state, 'is as it was.');
    t.equal(await on.definition(), before);
    t.same(await on.left(), []);
    t.ok((report.longestStallMs ?? 0) < 3_000, 'and nobody was held up');
    t.match(await on.compare(report), agrees);
  });

  t.test('an attempt that meets a transaction holds writers once', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
    const before = await on.definition();
    const load = await on.load();
    const meeting = (lockBudgetMs: number, holder: Holder) => {
      let swaps = 0;
      return on.request('MODIFY amount BIGINT', {
        settings: { lockBudgetMs },
        emit: (event) => {
          if (event.type !== 'phase' || event.phase !== 'cut-over' || ++swaps > 1) return;
          // Nobody can have seen it and waited for it.
          void holder.take().then(() => sleep(6_000).then(holder.end));
        },
      });
    };

    await t.test('the next attempt comes later', async (t) => {
      const request = meeting(30_000, await on.holder());
      const result = await resultOf(request);
      t.match(result, { outcome: 'done', exitCode: 0, attempts: 2 });
      const attempt = request.events.find((event) => event.type === 'attempt');
      t.match(attempt, { attempt: 1, lockWaitSeconds: 4, text: /did not get its lock/ });
      t.match(attempt?.blockers[0], { role: 'holds', query: /SELECT/ });
      t.ok(
        Math.abs((result.writerStallMs ?? 0) - 4_000) < 2_500,
        `the result says ${result.writerStallMs} ms`,
      );
      t.same(await on.left(), [result.oldTable]);
      await on.schema.query(`DROP TABLE ${result.oldTable}`);
      await on.schema.query(`ALTER TABLE ${on.table.name} MODIFY amount INT`);
    });

    await t.test('attempts in vain end with the lock budget', async (t) => {
      const result = await resultOf(meeting(4_000, await on.holder()));
      t.match(result, { outcome: 'lock-timeout', exitCode: 5, attempts: 1 });
      t.match(result.blockers?.[0], { role: 'holds', query: /SELECT/ });
      t.match(result.next, `KILL ${result.blockers?.[0]?.connectionId}`);
      t.equal(await on.definition(), before);
      t.same(await on.left(), [], 'not even the empty table that keeps the name');
    });

    const report = await load.stop();
    const { longestStallMs = 0 } = report;
    t.ok(longestStallMs < 6_000, `writers stood still for ${Math.round(longestStallMs)} ms`);
    t.match(await on.compare(report), agrees);
  });
});
