import { MysqlDialect } from 'kysely';
import { defineConfig } from 'kysely-ctl';

/** All that changes for alterwise: the pool comes from `alterwise/mysql2`, and not from `mysql2`. */
const driver = process.env.WITHOUT_ALTERWISE ? 'mysql2' : 'alterwise/mysql2';

export default defineConfig({
  dialect: async () => {
    const { createPool } = await import(driver);
    return new MysqlDialect({
      pool: createPool({
        host: process.env.DB_HOST ?? '127.0.0.1',
        port: Number(process.env.DB_PORT ?? 3306),
        user: process.env.DB_USER ?? 'root',
        password: process.env.DB_PASSWORD ?? '',
        database: process.env.DB_NAME ?? 'shop',
      }),
    });
  },
  migrations: { migrationFolder: 'migrations' },
});
