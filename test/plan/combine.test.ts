import t from 'tap';
import type { PlannedAlter, PlannedPlain } from '../../lib/documents/plan.js';
import { offers } from '../../lib/plan/combine.js';
import { ghostStatement, instantStatement } from '../fixtures/plans.js';

const copying = (spec: string, seconds: number, name = 'orders'): PlannedAlter => ({
  ...ghostStatement,
  spec,
  table: { schema: 'shop', name },
  estimate: { rough: true, durationMs: { low: seconds * 1_000, high: seconds * 1_000 } },
});
const plain: PlannedPlain = {
  kind: 'plain',
  sql: 'UPDATE orders SET a = 1',
  verb: 'UPDATE',
  strategy: 'plain',
  class: 'unknown',
  table: { schema: 'shop', name: 'orders' },
  touches: [{ schema: 'shop', name: 'orders' }],
  reasons: [],
  rejected: [],
  estimate: { rough: true },
  checks: [],
  sentence: '',
  fingerprint: '',
};

t.test('changes of one table that copy it are offered as one, with what that saves', async (t) => {
  const [offer, ...others] = offers([
    copying('ADD a INT', 60),
    instantStatement,
    copying('MODIFY b BIGINT', 100),
  ]);
  t.same(others, []);
  t.match(offer, { statements: [1, 3], savedMs: 60_000 });
  t.equal(offer?.sql, 'ALTER TABLE `shop`.`orders` ADD a INT, MODIFY b BIGINT');
  t.equal(offer?.text, 'Statements 1, 3 could be one change of shop.orders, which would save about 1m.');
});

t.test('what costs nothing, is refused, or belongs to another table is not offered', async (t) => {
  t.same(offers([copying('a', 1), copying('b', 1, 'other')]), []);
  t.same(offers([copying('a', 1), { ...copying('b', 1), strategy: 'refuse' }]), []);
  t.same(offers([instantStatement, { ...instantStatement, spec: 'ADD z INT' }]), []);
  t.same(offers([copying('a', 1), plain, copying('b', 1)]), [], 'nor across a statement that writes rows');
});

t.test('where a duration is not known, neither is what is saved', async (t) => {
  const [offer] = offers([copying('a', 1), { ...copying('b', 1), estimate: { rough: true } }]);
  t.equal(offer?.savedMs, undefined);
  t.match(offer?.text, /shop\.orders\.$/);
});
