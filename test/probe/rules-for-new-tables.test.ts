import t, { type Test } from 'tap';
import { makePlan } from '../../lib/plan/make-plan.js';
import { run } from '../../lib/run/run.js';
import { freshSchema, type Schema, type TestServer } from '../servers.js';
import { accountWith } from '../support/account.js';
import { forEachOwnServer } from '../support/own-servers.js';
import { requestFor } from '../support/request.js';

const variables = {
  'sql-require-primary-key': 'ON',
  'innodb-strict-mode': 'ON',
  'loose-sql-generate-invisible-primary-key': 'OFF',
};
const withoutKey = 'CREATE TABLE t (a INT NOT NULL, b VARCHAR(20)) ENGINE=InnoDB';
const compressed =
  'CREATE TABLE t (a INT PRIMARY KEY, b TEXT) ENGINE=InnoDB ROW_FORMAT=DYNAMIC KEY_BLOCK_SIZE=8';

/** Tables that are older than the server's rules for new ones, and changes of them. */
const cases: readonly [table: string, alter: string][] = [
  [withoutKey, 'ADD PRIMARY KEY (a)'],
  [withoutKey, 'ADD COLUMN c INT'],
  [withoutKey, 'MODIFY b VARCHAR(200)'],
  [withoutKey, 'ADD KEY (b), MODIFY a BIGINT NOT NULL'],
  ['CREATE TABLE t (a INT NOT NULL PRIMARY KEY, b VARCHAR(20)) ENGINE=InnoDB', 'DROP PRIMARY KEY'],
  [compressed, 'ADD COLUMN c INT'],
  [compressed, 'ADD KEY (b(10))'],
  [compressed, 'ROW_FORMAT=DYNAMIC KEY_BLOCK_SIZE=0'],
];

await forEachOwnServer(t, ['mysql-8.0', 'mysql-9.7'], { variables }, async (t, server) => {
  for (const [table, alter] of cases) {
    await t.test(`${alter} of ${table}`, async (t) => {
      const bare = await older(t, server, table);
      const refused = await bare.query(`ALTER TABLE t ${alter}`).catch((error: unknown) => error);
      const schema = await older(t, server, table);
      const request = requestFor(server, `ALTER TABLE ${schema.name}.t ${alter}`, { strategy: 'direct' });
      const { statements } = await run(request);
      const isRefused = refused instanceof Error;
      t.match(
        statements,
        [{ outcome: isRefused ? 'refused' : 'done' }],
        isRefused ? refused.message : 'as the bare server',
      );
      t.same(await definition(schema), await definition(bare));
    });
  }

  await t.test('an account that may not turn the rule off learns what it lacks', async (t) => {
    const schema = await older(t, server, withoutKey);
    const account = await accountWith(t, server, schema, [
      'ALL ON @schema.*',
      'ALL ON `\\_alterwise\\_%`.*',
      'PROCESS, REPLICATION CLIENT ON *.*',
    ]);
    const request = requestFor(account, `ALTER TABLE ${schema.name}.t ADD PRIMARY KEY (a)`);
    const lacking = await makePlan(request).catch((error: unknown) => error);
    t.match(lacking, { id: 'privileges', exitCode: 11, next: /GRANT SESSION_VARIABLES_ADMIN/ });
    await schema.query(`GRANT SESSION_VARIABLES_ADMIN ON *.* TO ${account.name}`);
    t.match(await makePlan(request), { statements: [{ strategy: /^(?:inplace|copy)$/ }] });
  });
});

/** A schema with a table from before the rules. */
async function older(t: Test, server: TestServer, table: string): Promise<Schema> {
  const schema = await freshSchema(t, server);
  await schema.query('SET SESSION sql_require_primary_key=OFF, innodb_strict_mode=OFF');
  await schema.query(table);
  await schema.query("INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')");
  await schema.query('SET SESSION sql_require_primary_key=ON, innodb_strict_mode=ON');
  return schema;
}

async function definition(schema: Schema): Promise<string | undefined> {
  const [row] = await schema.query<Record<string, string>>('SHOW CREATE TABLE t');
  return row?.['Create Table'];
}
