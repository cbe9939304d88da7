import t from 'tap';
import { runCostChecks } from '../../lib/checks/all.js';
import type { CostFacts } from '../../lib/checks/shared/facts.js';
import type { Estimate, StrategyName } from '../../lib/documents/plan.js';

const gigabyte = 1_000_000_000;
const facts = (estimate: Partial<Estimate>, strategy: StrategyName = 'gh-ost') => ({
  choice: { strategy },
  estimate: { rough: false, ...estimate },
});
const free = (bytes: number, holdsBinlog = true) => ({ bytes, holdsBinlog });

const found = (facts: CostFacts, free: CostFacts['free']) => runCostChecks({ ...facts, free });

t.test('a table that does not fit on the disk is danger, one that barely fits a warning', async (t) => {
  const copy = facts({ diskBytes: 2 * gigabyte, binlogBytes: gigabyte });
  t.match(found(copy, free(2.9 * gigabyte)), [{ id: 'free-disk', level: 'danger', text: /3 GB.*2\.9 GB/ }]);
  t.match(found(copy, free(5 * gigabyte)), [{ id: 'free-disk', level: 'warning' }]);
  t.same(found(copy, free(6 * gigabyte)), []);
  t.match(found(copy, free(3.9 * gigabyte, false)), [{ level: 'warning' }], 'binlogs lie elsewhere');
  t.same(found(copy, free(4 * gigabyte, false)), []);
});

t.test('where the disk cannot be seen, only a large need is told', async (t) => {
  t.match(found(facts({ diskBytes: 2 * gigabyte }), undefined), [{ level: 'unknown' }]);
  t.same(found(facts({ diskBytes: gigabyte / 2 }), undefined), []);
});

t.test('what writes nothing anew needs no room', async (t) => {
  t.same(found(facts({}, 'inplace'), free(1)), []);
  t.same(found(facts({ diskBytes: gigabyte }, 'refuse'), free(1)), []);
});
