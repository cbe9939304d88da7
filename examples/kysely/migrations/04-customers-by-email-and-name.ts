import type { Kysely } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.createIndex('customers_email').on('customers').column('email').unique().execute();
  await db.schema.alterTable('customers').addIndex('customers_name').column('name').execute();
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.alterTable('customers').dropIndex('customers_name').execute();
  await db.schema.dropIndex('customers_email').on('customers').execute();
}
