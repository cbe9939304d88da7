import t from 'tap';
import { runCostChecks } from '../../lib/checks/all.js';
import type { CostFacts } from '../../lib/checks/shared/facts.js';
import type { StrategyName } from '../../lib/documents/plan.js';
import { readBinlogRetention } from '../../lib/inspect/disk.js';
import { forEachServer } from '../servers.js';
import { sessionFor } from '../support/probing.js';

const hour = 3_600_000;
const facts = (highMs: number, strategy: StrategyName = 'gh-ost') => ({
  choice: { strategy },
  estimate: { rough: false, durationMs: { low: highMs / 2, high: highMs } },
});

const found = (facts: CostFacts, retention: CostFacts['retention']) => runCostChecks({ ...facts, retention });

t.test('binlogs that are kept for less than twice the copy are a warning', async (t) => {
  t.match(found(facts(10 * hour), { seconds: 15 * 3_600 }), [
    { id: 'binlog-retention', level: 'warning', text: /15h.*10h/, fix: /=144000 / },
  ]);
  t.same(found(facts(10 * hour), { seconds: 20 * 3_600 }), []);
  t.same(found(facts(10 * hour), 'never'), []);
  t.same(found(facts(10 * hour, 'inplace'), { seconds: 60 }), [], 'only gh-ost reads them');
});

t.test('where it is not known how long they are kept, a copy that lasts says so', async (t) => {
  t.match(found(facts(hour), undefined), [{ level: 'unknown', fix: /rds_set_configuration/ }]);
  t.same(found(facts(5_000), undefined), []);
});

t.test('the retention is read from the server', async (t) => {
  await forEachServer(t, ['mysql-5.7', 'mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const session = await sessionFor(t, server);
    const found = await readBinlogRetention(session, {});
    // The defaults: 30 days on MySQL 8 and up, for ever on the others.
    t.same(found, server.kind === 'mysql-9.7' ? { seconds: 30 * 86_400 } : 'never');
    t.equal(await readBinlogRetention(session, { hosting: 'rds' }), undefined);
  });
});
