import t from 'tap';
import { migrationKey } from '../../lib/plan/earlier.js';
import { run } from '../../lib/run/run.js';
import { parseMigration } from '../../lib/sql/migration.js';
import { forEachServer, freshSchema } from '../servers.js';
import { migrationFor } from '../support/migration.js';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.test('two runs of one migration do not do its work twice', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE o (id INT PRIMARY KEY, total INT)');
    await schema.query('INSERT INTO o VALUES (1, 1), (2, 2)');
    const file = 'UPDATE o SET total = total + 1; ALTER TABLE o ADD z INT';
    const stateDir = t.testdir({});
    const started = () =>
      run({ ...migrationFor(server, schema, file, { stateDir }), run: `run-${Math.random()}` });

    const key = migrationKey({ host: '' }, schema.name, parseMigration(file, 'm.sql'));
    await schema.query('SELECT GET_LOCK(?, 1)', [`alterwise:${key}`]);
    const refused: unknown = await started().catch((error: unknown) => error);
    t.match(refused, { id: 'already-running', exitCode: 11, message: /working on this migration/ });
    await schema.query('SELECT RELEASE_LOCK(?)', [`alterwise:${key}`]);

    await Promise.allSettled([started(), started()]);
    t.match(await started(), { exitCode: 0, statements: [{ outcome: 'nothing' }, { outcome: 'nothing' }] });
    t.same(await schema.query('SELECT total FROM o ORDER BY id'), [{ total: 2 }, { total: 3 }]);
  });
});
