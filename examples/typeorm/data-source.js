const { join } = require('node:path');
const { DataSource } = require('typeorm');

/**
 * `driver` is where TypeORM takes its driver from, and all that changes here: ALTER TABLE, CREATE INDEX and DROP INDEX
 * of migrations now go through alterwise, and everything else passes to mysql2 as it is.
 */
const driver = process.env.WITHOUT_ALTERWISE ? 'mysql2' : 'alterwise/mysql2';

module.exports = new DataSource({
  type: process.env.DB_TYPE ?? 'mysql',
  driver: require(driver),
  host: process.env.DB_HOST ?? '127.0.0.1',
  port: Number(process.env.DB_PORT ?? 3306),
  username: process.env.DB_USER ?? 'root',
  password: process.env.DB_PASSWORD ?? '',
  database: process.env.DB_NAME ?? 'shop',
  migrations: [join(__dirname, 'migrations/*.js')],
});
