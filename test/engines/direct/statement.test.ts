import t from 'tap';
import { isAtStatement } from '../../../lib/engines/direct/statement.js';

t.test('a statement is told by its beginning, and by its table however long the name is', async (t) => {
  const at = (table: string) =>
    `ALTER TABLE \`shop_production\`.\`${table}\` ALGORITHM=INPLACE, LOCK=NONE, ADD KEY (a)`;
  const isAtIt = isAtStatement(at('orders_of_the_year_2024_01'));
  t.ok(isAtIt({ statement: at('orders_of_the_year_2024_01') }));
  t.notOk(isAtIt({ statement: at('orders_of_the_year_2024_02') }));
  t.notOk(isAtStatement('ALTER TABLE `s`.`a``b` ADD x INT')({ statement: 'ALTER TABLE `s`.`a` ADD x INT' }));
  t.ok(isAtStatement('UPDATE t SET a = 1')({ statement: 'UPDATE t SET a = 1' }));
});
