import type { Kysely } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.alterTable('customers').addColumn('phone', 'varchar(40)').dropColumn('fax').execute();
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.alterTable('customers').addColumn('fax', 'varchar(40)').dropColumn('phone').execute();
}
