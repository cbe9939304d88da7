/**
 * `client` is all that changes for alterwise: it is Knex's own client for mysql2, and sends the ALTER TABLE, CREATE INDEX
 * and DROP INDEX of migrations through alterwise. Everything else passes to mysql2 as it is.
 */
module.exports = {
  client: process.env.WITHOUT_ALTERWISE ? 'mysql2' : require('alterwise/knex'),
  connection: {
    host: process.env.DB_HOST ?? '127.0.0.1',
    port: Number(process.env.DB_PORT ?? 3306),
    user: process.env.DB_USER ?? 'root',
    password: process.env.DB_PASSWORD ?? '',
    database: process.env.DB_NAME ?? 'shop',
  },
  migrations: { directory: './migrations' },
};
