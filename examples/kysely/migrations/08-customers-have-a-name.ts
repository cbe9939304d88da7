import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await db
    .updateTable('customers')
    .set({ full_name: sql`substring_index(email, '@', 1)` })
    .where('full_name', 'is', null)
    .execute();
}

export async function down(): Promise<void> {}
