import t from 'tap';
import { makePlan } from '../../../lib/plan/make-plan.js';
import { run } from '../../../lib/run/run.js';
import { forEachServer, freshSchema } from '../../servers.js';
import { migrationFor } from '../../support/migration.js';
import { settingsFor } from '../../support/settings.js';

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

  t.test('writes are shown with the rows that they examine, and large ones require a review', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE o (id INT AUTO_INCREMENT PRIMARY KEY, total INT, KEY (total))');
    await schema.query('CREATE TABLE other LIKE o');
    await schema.query('INSERT INTO o (total) VALUES (1)');
    for (let rows = 1; rows < 4_096; rows *= 2) {
      await schema.query(`INSERT INTO o (total) SELECT total + ${rows} FROM o`);
    }
    await schema.query('ANALYZE TABLE o');
    const stateDir = t.testdir({});
    const file = `
      UPDATE o SET total = total + 1;
      DELETE FROM o WHERE total = 7;
      INSERT INTO other SELECT * FROM o;
      INSERT INTO other (total) VALUES (1);
      ALTER TABLE o ADD COLUMN c INT;
      UPDATE o SET c = total WHERE total < 0`;
    const plan = await makePlan(
      migrationFor(server, schema, file, {
        stateDir,
        review: { ...settingsFor(server).review, rows: 3_000 },
      }),
    );
    const [all, one, select, values, , unknown] = plan.statements.map(({ estimate }) => estimate);
    for (const estimate of [all, select, unknown]) {
      t.ok((estimate?.rows ?? 0) > 3_000 && (estimate?.rows ?? 0) < 6_000, `${estimate?.rows} rows`);
      t.match(estimate, { rowsExact: false, durationMs: { low: Number, high: Number } });
    }
    t.ok((one?.rows ?? 0) < 10, `${one?.rows} rows by the key`);
    t.match(values, { rows: undefined, durationMs: undefined });
    t.match(plan.review, { required: true });
    t.equal(
      plan.review.reasons.filter(({ id }) => id === 'review-rows').length,
      4,
      'three writes and a table',
    );
  });
});
