import type { Kysely } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('invoices')
    .addForeignKeyConstraint('invoices_customer', ['customer_id'], 'customers', ['id'])
    .execute();
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.alterTable('invoices').dropConstraint('invoices_customer').execute();
  // The server made this index for the foreign key.
  await db.schema.dropIndex('invoices_customer').on('invoices').execute();
}
