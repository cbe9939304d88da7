import type { Kysely } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('invoices')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('customer_id', 'integer', (column) => column.notNull())
    .addColumn('total', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.createIndex('invoices_total').on('invoices').column('total').execute();
  await db
    .insertInto('invoices')
    .values([
      { customer_id: 1, total: 1200 },
      { customer_id: 1, total: 350 },
      { customer_id: 2, total: 90000 },
    ])
    .execute();
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.dropTable('invoices').execute();
}
