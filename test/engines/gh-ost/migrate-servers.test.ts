import t from 'tap';
import { servability } from '../../../lib/engines/gh-ost/assess/servability.js';
import { findGhost } from '../../../lib/engines/gh-ost/binary/find.js';
import { inspectServer } from '../../../lib/inspect/server.js';
import { withSession } from '../../../lib/mysql/session.js';
import { makePlan } from '../../../lib/plan/make-plan.js';
import { forEachServer, type TestServer } from '../../servers.js';
import { withOwnServer } from '../../support/ghost-server.js';
import { agrees, privateTemp, resultOf, stage } from '../../support/ghost-stage.js';
import { connectionTo } from '../../support/settings.js';
import { asItWas } from '../../support/texts.js';

privateTemp(t);

await withOwnServer(
  t,
  'mysql-5.7',
  'metadata locks are not shown there: they are for the time of the run',
  {},
  async (t, server) => {
    const on = await stage(t, server, { rows: 5_000 });
    const instrument = () =>
      on.schema.query(
        "SELECT ENABLED, TIMED FROM performance_schema.setup_instruments WHERE NAME='wait/lock/metadata/sql/mdl'",
      );
    const before = await instrument();
    t.same(before, [{ ENABLED: 'NO', TIMED: 'NO' }]);
    const load = await on.load();
    let during: unknown;
    const done = await resultOf(
      on.request('MODIFY amount BIGINT', {
        emit: (event) => {
          if (event.type === 'progress') during ??= instrument();
        },
      }),
    );
    t.match(done, { outcome: 'done', exitCode: 0 });
    t.same(await during, [{ ENABLED: 'YES', TIMED: 'YES' }]);
    t.same(await instrument(), before, 'and as it was afterwards');

    const abort = new AbortController();
    const aborted = await resultOf(
      on.request('MODIFY amount INT', {
        signal: abort.signal,
        emit: (event) => event.type === 'progress' && abort.abort(),
      }),
    );
    t.match(aborted, { outcome: 'aborted', exitCode: 6 });
    t.same(await instrument(), before, 'and after an abort');

    // Whose lock cannot be seen is a suspect: the transaction is waited for, and named.
    const holder = await on.hold();
    const held = await resultOf(on.request('MODIFY amount INT', { settings: { lockBudgetMs: 3_000 } }));
    t.match(held, { outcome: 'lock-timeout', exitCode: 5 });
    t.match(held.blockers?.[0], { connectionId: holder.id });
    t.match(held.next, `KILL ${holder.id}`);
    await holder.end();
    const report = await load.stop();
    t.match(await on.compare(report), agrees);
    t.same(await on.left(), [done.oldTable]);
  },
);

await forEachServer(t, ['mariadb-10.11', 'mariadb-11.4'], async (t, server) => {
  t.test('gh-ost 1.1.10 is refused in the plan, with the version that would do', async (t) => {
    const on = await stage(t, server, { rows: 100 });
    const { statements } = await makePlan(on.request('MODIFY amount BIGINT'));
    t.match(statements[0], { strategy: 'refuse', refusal: { exitCode: 11 } });
    t.match(statements[0]?.reasons[0]?.text, /gh-ost 1\.1\.10 .* MariaDB/);
    t.match(statements[0]?.refusal?.next, /1\.1\.11 or newer/);
    const result = await resultOf(on.request('MODIFY amount BIGINT'));
    t.match(result, { outcome: 'refused', exitCode: 11, state: asItWas });
    t.same(await on.left(), []);
  });

  const skip = await whyNot(server);
  t.test('a retype under a steady load, with the gh-ost that GH_OST names', { skip }, async (t) => {
    privateTemp(t);
    const on = await stage(t, server, { rows: 20_000 });
    const load = await on.load();
    const path = process.env.GH_OST ?? '';
    const result = await resultOf(
      on.request('MODIFY amount BIGINT', { ghost: { path, rehearse: 'always' } }),
    );
    const report = await load.stop();
    t.match(result, { outcome: 'done', exitCode: 0 });
    t.match(await on.definition(), /`amount` bigint/);
    t.same(await on.left(), [result.oldTable]);
    t.match(await on.compare(report), agrees);
  });
});

/** False: GH_OST names a binary that serves this server. */
async function whyNot(server: TestServer): Promise<string | false> {
  const path = process.env.GH_OST;
  if (!path) return 'GH_OST names no gh-ost that serves MariaDB';
  const { version } = await findGhost(path);
  const facts = await withSession(connectionTo(server), {}, inspectServer);
  return servability(version, facts).ok ? false : `gh-ost ${version} of GH_OST does not serve MariaDB`;
}
