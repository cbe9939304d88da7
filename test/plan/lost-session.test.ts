import { chmodSync } from 'node:fs';
import t, { type Test } from 'tap';
import type { Plan } from '../../lib/documents/plan.js';
import { makePlan } from '../../lib/plan/make-plan.js';
import { run } from '../../lib/run/run.js';
import { forEachServer, freshSchema, type TestServer } from '../servers.js';
import { migrationFor } from '../support/migration.js';
import { settingsFor } from '../support/settings.js';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('what the session of a run knew that has stopped is not read from another', async (t) => {
    const on = await tables(t, server);
    const file = (last: string) =>
      `INSERT INTO parent (a) VALUES (1); SET @p = LAST_INSERT_ID(); ${last}; SET @end = 1`;
    await on.run(file("INSERT INTO child VALUES (@p, 'too long')"));
    const mended = file("INSERT INTO child VALUES (@p, 'x')");
    t.match(await on.run(mended), {
      exitCode: 4,
      statements: [{ outcome: 'not-started' }, { reason: { id: 'session-lost' } }, {}],
    });
    t.same(await on.children(), [], 'no child of parent 0');
    t.match(await on.run(mended, ['session-lost']), { exitCode: 3 }, 'somebody has to read that');
    t.match(await on.run(mended.replace('LAST_INSERT_ID()', '1')), { exitCode: 0 }, 'the way that it says');
    t.same(await on.children(), [{ id: 1, note: 'x' }]);
  });

  t.test('nor is a SET that reads rows said again when they have changed', async (t) => {
    const on = await tables(t, server);
    const file = (last: string) =>
      `SET @n = (SELECT COUNT(*) FROM parent); INSERT INTO parent (a) VALUES (1); ${last}`;
    await on.run(file("INSERT INTO child VALUES (@n, 'too long')"));
    const mended = file("INSERT INTO child VALUES (@n, 'x')");
    t.match(await on.run(mended), { exitCode: 4, statements: [{ reason: { id: 'session-lost' } }, {}, {}] });
    await on.run("SET @n = (SELECT COUNT(*) FROM parent); INSERT INTO child VALUES (@n, 'y')");
    const again = await on.run("SET @n = (SELECT COUNT(*) FROM parent); INSERT INTO child VALUES (@n, 'y')");
    t.match(again, { exitCode: 0, statements: [{ outcome: 'done' }, { outcome: 'nothing' }] });
  });

  t.test('nor is a value asked for again that is another each time', async (t) => {
    const on = await tables(t, server);
    const file = (set: string, last: string) => `${set}; INSERT INTO parent (a) VALUES (@n); ${last}`;
    await on.run(file('SET @n = UUID_SHORT() % 1000', "INSERT INTO child VALUES (@n, 'too long')"));
    const mended = file('SET @n = UUID_SHORT() % 1000', "INSERT INTO child VALUES (@n, 'x')");
    t.match(await on.run(mended), { exitCode: 4, statements: [{ reason: { id: 'session-lost' } }, {}, {}] });
    await on.run(file('SET @n = 7', "INSERT INTO child VALUES (@n, 'too long')"));
    t.match(await on.run(file('SET @n = 7', "INSERT INTO child VALUES (@n, 'y')")), { exitCode: 0 });
  });

  t.test('nor what a statement has counted that is not repeated', async (t) => {
    const on = await tables(t, server);
    const file = (last: string) => `SET @n = 0; INSERT INTO parent (a) SELECT @n:=@n+1; ${last}`;
    await on.run(file("INSERT INTO child VALUES (@n, 'too long')"));
    t.match(await on.run(file("INSERT INTO child VALUES (@n, 'x')")), {
      exitCode: 4,
      statements: [{}, {}, { reason: { id: 'session-lost' } }],
    });
  });

  t.test('another file that begins with the same SET is another migration', async (t) => {
    const on = await tables(t, server);
    t.match(await on.run('SET NAMES utf8mb4; INSERT INTO parent (a) VALUES (1)'), { exitCode: 0 });
    t.match(await on.run('SET NAMES utf8mb4; INSERT INTO parent (a) VALUES (2)'), { exitCode: 0 });
  });

  t.test(
    'a plan that was approved goes on where a statement is in doubt, when that is accepted',
    async (t) => {
      const on = await tables(t, server);
      const file = 'INSERT INTO parent (a) VALUES (1)';
      const approved = await on.plan(file);
      await on.begun(file);
      t.match(await on.run(file, [], approved), {
        exitCode: 9,
        statements: [{ reason: { id: 'perhaps-done' } }],
      });
      t.match(await on.run(file, ['perhaps-done'], approved), { exitCode: 0 });
    },
  );

  t.test('a plan that was approved and would be refused now has drifted', async (t) => {
    const on = await tables(t, server);
    const file = 'ALTER TABLE parent ADD INDEX (a); SET @a = 1';
    const approved = await on.plan(file);
    await on.query('ALTER TABLE parent DROP COLUMN a');
    t.match(await on.run(file, [], approved), { exitCode: 10, error: 'drifted' });
  });

  t.test('what was accepted with the plan is accepted when the turn of its statement has come', async (t) => {
    const on = await tables(t, server);
    await on.query("INSERT INTO child VALUES (1, 'x')");
    await on.query('CREATE VIEW v AS SELECT note FROM child');
    const file =
      "UPDATE child SET note = '', id = id; ALTER TABLE child DROP COLUMN note, MODIFY id INT NOT NULL";
    const refused = await on.plan(file);
    const ids = refused.statements[1]?.checks.filter(({ level }) => level === 'danger').map(({ id }) => id);
    t.match(refused.statements[1], { asksLater: true, strategy: 'refuse' });
    const approved = await on.plan(file, ids ?? []);
    t.match(await on.run(file, [], approved), { exitCode: 0, statements: [{}, { outcome: 'done' }] });
  });
});

async function tables(t: Test, server: TestServer) {
  const schema = await freshSchema(t, server);
  await schema.query('CREATE TABLE parent (id INT AUTO_INCREMENT PRIMARY KEY, a INT)');
  await schema.query('CREATE TABLE child (id INT, note VARCHAR(3))');
  const stateDir = t.testdir({});
  chmodSync(stateDir, 0o700);
  const request = (text: string, accept: readonly string[]) => ({
    ...migrationFor(server, schema, text, { stateDir, checks: { ...settingsFor(server).checks, accept } }),
    run: `run-${Math.random()}`,
  });
  const ended = (text: string, accept: readonly string[] = [], approved?: Plan) =>
    run({ ...request(text, accept), ...(approved && { approved }) }).catch(
      ({ exitCode, id }: { exitCode: number; id: string }) => ({ exitCode, error: id }),
    );
  return {
    query: (sql: string) => schema.query(sql),
    children: () => schema.query('SELECT * FROM child'),
    plan: (text: string, accept: readonly string[] = []) => makePlan(request(text, accept)),
    run: ended,
    /** A run that loses its connection while its first statement waits. */
    begun: async (text: string) => {
      const holder = await schema.connect();
      await holder.query('LOCK TABLES parent WRITE');
      const running = ended(text);
      const kill = setInterval(async () => {
        const rows = await holder
          .query('SHOW FULL PROCESSLIST')
          .then(([all]) => all as { Id: number; Info: string; db: string }[]);
        const waiting = rows.find(
          ({ Info, db }) => Info?.startsWith('INSERT INTO parent') && db === schema.name,
        );
        if (waiting) await holder.query(`KILL ${waiting.Id}`).catch(() => {});
      }, 100);
      await running;
      clearInterval(kill);
      await holder.query('UNLOCK TABLES');
    },
  };
}
