import t from 'tap';
import { freeDisk } from '../../lib/checks/free-disk.js';
import type { Estimate, StrategyName } from '../../lib/documents/plan.js';

const gigabyte = 1_000_000_000;
const facts = (estimate: Partial<Estimate>, strategy: StrategyName = 'gh-ost') => ({
  choice: { strategy },
  estimate: { rough: false, ...estimate },
});
const free = (bytes: number, holdsBinlog = true) => ({ bytes, holdsBinlog });

t.test('a table that does not fit on the disk is danger, one that barely fits a warning', async (t) => {
  const copy = facts({ diskBytes: 2 * gigabyte, binlogBytes: gigabyte });
  t.match(freeDisk(copy, free(2.9 * gigabyte)), [
    { id: 'free-disk', level: 'danger', text: /3 GB.*2\.9 GB/ },
  ]);
  t.match(freeDisk(copy, free(5 * gigabyte)), [{ id: 'free-disk', level: 'warning' }]);
  t.same(freeDisk(copy, free(6 * gigabyte)), []);
  t.match(freeDisk(copy, free(3.9 * gigabyte, false)), [{ level: 'warning' }], 'binlogs lie elsewhere');
  t.same(freeDisk(copy, free(4 * gigabyte, false)), []);
});

t.test('where the disk cannot be seen, only a large need is told', async (t) => {
  t.match(freeDisk(facts({ diskBytes: 2 * gigabyte }), undefined), [{ level: 'unknown' }]);
  t.same(freeDisk(facts({ diskBytes: gigabyte / 2 }), undefined), []);
});

t.test('what writes nothing anew needs no room', async (t) => {
  t.same(freeDisk(facts({}, 'inplace'), free(1)), []);
  t.same(freeDisk(facts({ diskBytes: gigabyte }, 'refuse'), free(1)), []);
});
