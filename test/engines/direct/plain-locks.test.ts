import t from 'tap';
import { run } from '../../../lib/run/run.js';
import { forEachServer, freshSchema } from '../../servers.js';
import { accountWith } from '../../support/account.js';
import { migrationFor } from '../../support/migration.js';
import { testStateDir } from '../../support/settings.js';
import { changedNothing } from '../../support/texts.js';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const schema = await freshSchema(t, server);
  await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT)');
  await schema.query('INSERT INTO t VALUES (1, 0), (2, 0), (3, 0)');
  // It may not see who holds what.
  const account = await accountWith(t, server, schema, ['ALL ON @schema.*']);
  const other = await schema.connect();
  await other.query('BEGIN');
  await other.query('UPDATE t SET a=9 WHERE id=3');
  const tried = async (text: string) => {
    const settings = { lockBudgetMs: 4_000, lockWaitTimeoutSeconds: 1, stateDir: testStateDir() };
    const { exitCode, statements } = await run(migrationFor(account, schema, text, settings));
    return { exitCode, last: statements.at(-1) };
  };

  await t.test('a lock that is not had is told so, whoever has it', async (t) => {
    const { exitCode, last } = await tried('UPDATE t SET a=1');
    t.match(last, { outcome: 'lock-timeout', state: changedNothing });
    t.equal(exitCode, 5);
    t.ok((last?.attempts ?? 0) > 1);
  });

  await t.test('what has counted rows is not sent again: it would go on from where it was', async (t) => {
    const { last } = await tried('SET @n=0; UPDATE t SET a=(@n:=@n+1) ORDER BY id');
    t.match(last, { outcome: 'lock-timeout', attempts: 1 });
  });
  await other.query('ROLLBACK');
  t.match(await schema.query('SELECT SUM(a) AS all_of_them FROM t'), [{ all_of_them: '0' }]);
});
