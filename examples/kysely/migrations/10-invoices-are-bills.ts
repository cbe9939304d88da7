import type { Kysely } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.dropIndex('invoices_total').on('invoices').execute();
  await db.schema.alterTable('invoices').renameTo('bills').execute();
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.alterTable('bills').renameTo('invoices').execute();
  await db.schema.createIndex('invoices_total').on('invoices').column('total').execute();
}
