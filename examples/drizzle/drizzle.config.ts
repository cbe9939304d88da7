import { defineConfig } from 'drizzle-kit';

/** Nothing here is about alterwise: drizzle-kit opens its connection itself, and NODE_OPTIONS reaches it. */
export default defineConfig({
  dialect: 'mysql',
  schema: './schema.ts',
  out: './drizzle',
  dbCredentials: {
    host: process.env.DB_HOST ?? '127.0.0.1',
    port: Number(process.env.DB_PORT ?? 3306),
    user: process.env.DB_USER ?? 'root',
    password: process.env.DB_PASSWORD ?? '',
    database: process.env.DB_NAME ?? 'shop',
  },
});
