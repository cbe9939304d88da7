/** Where migration tools keep which of their migrations were run: each tool's default, by its own source. */
export const bookkeepingTables: readonly string[] = [
  'SequelizeMeta',
  'SequelizeData',
  'knex_migrations',
  'knex_migrations_lock',
  'migrations',
  'typeorm_metadata',
  'kysely_migration',
  'kysely_migration_lock',
  '__drizzle_migrations',
  'umzug_migrations',
  'schema_migrations',
];

/** Those of them in which a tool writes down that a migration was run. */
export const recordedIn = bookkeepingTables.filter((name) => !/_lock$|_metadata$/.test(name));
