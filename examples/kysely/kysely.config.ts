import { createPool } from 'alterwise/mysql2'; // instead of 'mysql2'
import { MysqlDialect } from 'kysely';
import { defineConfig } from 'kysely-ctl';

export default defineConfig({
  dialect: () => new MysqlDialect({ pool: createPool(process.env.DATABASE_URL ?? '') }),
  migrations: { migrationFolder: 'migrations' },
});
