import t, { type Test } from 'tap';
import { makePlan } from '../../lib/plan/make-plan.js';
import { run } from '../../lib/run/run.js';
import { forEachServer, freshSchema, type TestServer } from '../servers.js';
import { migrationFor } from '../support/migration.js';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('a renamed table is followed by its foreign keys, and by those that point at it', async (t) => {
    const on = await family(t, server);
    const result = await on.run(`
      RENAME TABLE p TO parents;
      ALTER TABLE c ADD z INT;
      RENAME TABLE c TO children;
      ALTER TABLE children ADD y INT;
      ALTER TABLE parents ADD z INT`);
    t.match(result, { exitCode: 0 }, JSON.stringify(result.statements.find(({ exitCode }) => exitCode)));
  });

  t.test('the child of a renamed column is refused before the first statement runs', async (t) => {
    const on = await family(t, server);
    const file = 'ALTER TABLE p CHANGE id pid INT; ALTER TABLE c ADD z INT';
    const error: unknown = await on.run(file).catch((caught: unknown) => caught);
    t.match(error, { id: 'not-foreseen', message: /points at .*\.p\.id, which is renamed/ });
    const other = await on.plan('ALTER TABLE p CHANGE id pid INT; ALTER TABLE o ADD z INT');
    t.match(other.statements[1], { strategy: 'instant' }, 'and no other table is');
  });

  t.test('a parent may be dropped behind its child, and behind the foreign key', async (t) => {
    const on = await family(t, server);
    const strategies = async (file: string) =>
      (await on.plan(file)).statements.map(({ strategy }) => strategy);
    t.same(await strategies('DROP TABLE p'), ['refuse']);
    t.same(await strategies('DROP TABLE c; DROP TABLE p'), ['plain', 'plain']);
    t.same((await strategies('ALTER TABLE c DROP FOREIGN KEY c_ibfk_1; DROP TABLE p'))[1], 'plain');
    const atOnce = server.kind === 'mysql-9.7' ? 'plain' : 'refuse';
    t.same(await strategies('DROP TABLE p, c'), [atOnce], 'as this server does it');
    t.match(await on.run('DROP TABLE c, p'), { exitCode: 0 });
  });

  t.test('what the server would do in part, or not at all, is refused before', async (t) => {
    const on = await family(t, server);
    t.match(await on.run('DROP TABLE o, nothere'), { exitCode: 2 });
    t.match(await on.run('RENAME TABLE once TO p, o TO orders'), { exitCode: 2 });
    t.same((await on.tables()).sort(), ['c', 'o', 'p']);
  });

  t.test('rows that a statement over several tables writes are asked when it has run', async (t) => {
    const on = await family(t, server);
    await on.query('INSERT INTO o VALUES (1, NULL)');
    const change = 'ALTER TABLE o MODIFY a INT NOT NULL';
    for (const write of [
      'UPDATE p JOIN o ON o.id = p.id SET o.a = 1',
      'UPDATE p, o SET o.a = 1',
      'DELETE x FROM p, o AS x WHERE x.a IS NULL',
      'DELETE FROM x USING o AS x JOIN p WHERE x.a IS NULL',
    ]) {
      t.match((await on.plan(`${write}; ${change}`)).statements[1], { asksLater: true }, write);
    }
    t.match((await on.plan(`UPDATE p SET id = 2; ${change}`)).statements[1], { strategy: 'refuse' });
  });

  t.test('a large table can be renamed and then dropped', async (t) => {
    const on = await family(t, server);
    await on.query('INSERT INTO o VALUES (1, 1)');
    const blocker = await on.connect();
    await blocker.query('LOCK TABLES o WRITE'); // its rows cannot be counted
    const planned = await on.plan('RENAME TABLE o TO old; DROP TABLE old').catch((error: unknown) => error);
    await blocker.query('UNLOCK TABLES');
    t.match(planned, { statements: [{}, { reasons: [{ id: 'drop-table' }] }] });
  });
});

async function family(t: Test, server: TestServer) {
  const schema = await freshSchema(t, server);
  await schema.query('CREATE TABLE p (id INT PRIMARY KEY)');
  await schema.query('CREATE TABLE c (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id))');
  await schema.query('CREATE TABLE o (id INT PRIMARY KEY, a INT)');
  const stateDir = t.testdir({});
  const request = (text: string) => migrationFor(server, schema, text, { stateDir });
  return {
    query: schema.query,
    connect: schema.connect,
    plan: (text: string) => makePlan(request(text)),
    run: (text: string) => run({ ...request(text), run: `run-${Math.random()}` }),
    tables: async () => (await schema.query<Record<string, string>>('SHOW TABLES')).flatMap(Object.values),
  };
}
