/** The tables in which migration tools keep which migrations have run, each tool's default by its own source. */
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

/** Those in which a tool records that a migration has run. */
export const recordTables = bookkeepingTables.filter((name) => !/_lock$|_metadata$/.test(name));
