const { readFile } = require('node:fs/promises');
const { join } = require('node:path');
const { Umzug } = require('umzug');
/** All that changes for alterwise: this line said `mysql2/promise`. */
const driver = process.env.WITHOUT_ALTERWISE ? 'mysql2/promise' : 'alterwise/mysql2/promise';
const { createPool } = require(driver);

/** Migrations are plain SQL files: those in `migrations/up`, and what takes them back in `migrations/down`. */
const pool = createPool({
  host: process.env.DB_HOST ?? '127.0.0.1',
  port: Number(process.env.DB_PORT ?? 3306),
  user: process.env.DB_USER ?? 'root',
  password: process.env.DB_PASSWORD ?? '',
  database: process.env.DB_NAME ?? 'shop',
  multipleStatements: true,
});

const migrator = new Umzug({
  context: pool,
  migrations: {
    glob: ['migrations/up/*.sql', { cwd: __dirname }],
    resolve: ({ name, context }) => {
      /** @param {'up' | 'down'} direction */
      const send = async (direction) =>
        context.query(await readFile(join(__dirname, 'migrations', direction, name), 'utf8'));
      return { name, up: () => send('up'), down: () => send('down') };
    },
  },
  storage: {
    logMigration: ({ name, context }) => context.query('INSERT INTO migrations (name) VALUES (?)', [name]),
    unlogMigration: ({ name, context }) => context.query('DELETE FROM migrations WHERE name = ?', [name]),
    executed: async ({ context }) => {
      await context.query('CREATE TABLE IF NOT EXISTS migrations (name VARCHAR(190) NOT NULL PRIMARY KEY)');
      const [rows] = await context.query('SELECT name FROM migrations ORDER BY name');
      return rows.map((/** @type {{ name: string }} */ { name }) => name);
    },
  },
  logger: console,
});

migrator.runAsCLI().then((succeeded) => {
  process.exitCode = succeeded ? 0 : 1;
  return pool.end();
});
