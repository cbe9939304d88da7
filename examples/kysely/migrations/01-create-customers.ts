import type { Kysely } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('customers')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('email', 'varchar(120)', (column) => column.notNull())
    .addColumn('name', 'varchar(80)')
    .addColumn('fax', 'varchar(40)')
    .execute();
  await db
    .insertInto('customers')
    .values([
      { email: 'ada@example.com', name: 'Ada' },
      { email: 'grace@example.com', name: 'Grace' },
      { email: 'edsger@example.com', name: null },
    ])
    .execute();
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.dropTable('customers').execute();
}
