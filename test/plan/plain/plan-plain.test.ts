import t from 'tap';
import { makePlan } from '../../../lib/plan/make-plan.js';
import { run } from '../../../lib/run/run.js';
import { forEachServer, freshSchema } from '../../servers.js';
import { migrationFor } from '../../support/migration.js';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('behind a SET that decides what passes, nothing is refused for what passes then', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE o (id INT PRIMARY KEY, email VARCHAR(20), total INT)');
    await schema.query('CREATE TABLE hollow (id INT PRIMARY KEY)');
    const stateDir = t.testdir({});
    const request = (text: string) => migrationFor(server, schema, text, { stateDir });
    for (const sql of [
      'INSERT INTO hollow SELECT total FROM o GROUP BY email',
      "CREATE TABLE zero (d DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00')",
    ]) {
      const file = request(`SET sql_mode = ''; ${sql}`);
      t.match((await makePlan(file)).statements, [{ strategy: 'plain' }, { strategy: 'plain' }], sql);
      t.match(await run({ ...file, run: `run-${Math.random()}` }), { exitCode: 0 }, sql);
    }
    const wrong = await makePlan(request('SET NAMES utf8mb4; INSERT INTO o (nope) VALUES (1)'));
    t.match(wrong.statements, [{ strategy: 'plain' }, { strategy: 'refuse' }]);
  });
});
