import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/mysql2';
import { migrate } from 'drizzle-orm/mysql2/migrator';

/** All that changes for alterwise: the pool comes from `alterwise/mysql2/promise`, and not from `mysql2/promise`. */
const driver = process.env.WITHOUT_ALTERWISE ? 'mysql2/promise' : 'alterwise/mysql2/promise';
const { createPool } = await import(driver);

const pool = createPool({
  host: process.env.DB_HOST ?? '127.0.0.1',
  port: Number(process.env.DB_PORT ?? 3306),
  user: process.env.DB_USER ?? 'root',
  password: process.env.DB_PASSWORD ?? '',
  database: process.env.DB_NAME ?? 'shop',
});
try {
  await migrate(drizzle(pool), { migrationsFolder: fileURLToPath(new URL('drizzle', import.meta.url)) });
} finally {
  await pool.end();
}
