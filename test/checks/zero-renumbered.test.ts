import t from 'tap';
import { makePlan } from '../../lib/plan/make-plan.js';
import { serverKinds } from '../sandbox/index.js';
import { forEachServer, freshSchema } from '../servers.js';
import { requestFor } from '../support/request.js';

/** Tables with a row whose number is 0, and the change that makes it the next number. */
const cases: readonly [table: string, alter: string, column: string][] = [
  ['id INT NOT NULL PRIMARY KEY, name VARCHAR(20)', 'MODIFY id INT NOT NULL AUTO_INCREMENT', 'id'],
  [
    'id BIGINT UNSIGNED NOT NULL, name VARCHAR(20), UNIQUE KEY (id)',
    'MODIFY id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT',
    'id',
  ],
  [
    'id INT NOT NULL PRIMARY KEY, name VARCHAR(20)',
    'CHANGE id number BIGINT NOT NULL AUTO_INCREMENT',
    'number',
  ],
  ['id INT NOT NULL, name VARCHAR(20)', 'ADD PRIMARY KEY (id), MODIFY id INT NOT NULL AUTO_INCREMENT', 'id'],
];

await forEachServer(t, serverKinds, async (t, server) => {
  for (const [table, alter, column] of cases) {
    await t.test(`0 in a column that becomes AUTO_INCREMENT: ${alter}`, async (t) => {
      const schema = await freshSchema(t, server);
      await schema.query(`CREATE TABLE t (${table}) ENGINE=InnoDB`);
      await schema.query("INSERT INTO t (id, name) VALUES (0, 'none'), (5, 'five'), (9, 'nine')");
      const request = requestFor(server, `ALTER TABLE ${schema.name}.t ${alter}`);
      const [planned] = (await makePlan(request)).statements;
      t.match(planned, {
        strategy: 'refuse',
        reasons: [{ id: 'zero-renumbered' }],
        refusal: { exitCode: 4 },
        checks: [{ id: 'zero-renumbered', count: 1 }],
      });
      await schema.query(`ALTER TABLE t ${alter}`);
      const [row] = await schema.query<{ id: number }>(`SELECT ${column} AS id FROM t WHERE name='none'`);
      t.not(row?.id, 0, 'the bare server gives the row another number');
    });
  }

  await t.test('a column that is numbered already, or has no 0', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT NOT NULL PRIMARY KEY, name VARCHAR(20)) ENGINE=InnoDB');
    await schema.query("INSERT INTO t VALUES (1, 'one')");
    const number = `ALTER TABLE ${schema.name}.t MODIFY id BIGINT NOT NULL AUTO_INCREMENT`;
    t.notMatch((await makePlan(requestFor(server, number))).statements, [{ strategy: 'refuse' }]);
    await schema.query('ALTER TABLE t MODIFY id INT NOT NULL AUTO_INCREMENT');
    await schema.query("SET SESSION sql_mode='NO_AUTO_VALUE_ON_ZERO'");
    await schema.query("INSERT INTO t VALUES (0, 'none')");
    t.notMatch((await makePlan(requestFor(server, number))).statements, [{ strategy: 'refuse' }]);
    await schema.query('ALTER TABLE t MODIFY id BIGINT NOT NULL AUTO_INCREMENT');
    t.match(await schema.query("SELECT id FROM t WHERE name='none'"), [{ id: 0 }], 'the server keeps it');
  });
});
