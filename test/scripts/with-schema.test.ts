import t from 'tap';
import { qualifiers, withSchema } from '../../lib/scripts/with-schema.js';

t.test('a statement is turned to another schema', (t) => {
  const cases: [sql: string, turned: string][] = [
    ['ALTER TABLE shop.orders ADD c int', 'ALTER TABLE `copy`.orders ADD c int'],
    ['ALTER TABLE `shop` . `orders` ADD c int', 'ALTER TABLE `copy` . `orders` ADD c int'],
    ['SELECT shop FROM shop', 'SELECT shop FROM shop'],
    ["INSERT INTO t VALUES ('shop', 'shop.orders')", "INSERT INTO t VALUES ('shop', 'shop.orders')"],
    ['USE shop', 'USE `copy`'],
    ['SHOW TABLES FROM `shop`', 'SHOW TABLES FROM `copy`'],
    [
      "SELECT * FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop'",
      "SELECT * FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'copy'",
    ],
    [
      'ALTER TABLE other.orders ADD c int /* shop.orders */',
      'ALTER TABLE other.orders ADD c int /* shop.orders */',
    ],
  ];
  for (const [sql, turned] of cases) t.equal(withSchema(sql, 'shop', 'copy'), turned);
  t.end();
});

t.test('the names in front of a dot', (t) => {
  t.strictSame([...qualifiers('UPDATE a.b SET `c`.d = 1 WHERE e')], ['a', 'c']);
  t.end();
});
