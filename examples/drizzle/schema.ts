import { bigint, index, int, mysqlTable, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';

export const customers = mysqlTable(
  'customers',
  {
    id: int().autoincrement().primaryKey(),
    email: varchar({ length: 120 }).notNull(),
    fullName: varchar('full_name', { length: 80 }).notNull(),
    phone: varchar({ length: 40 }),
  },
  (table) => [uniqueIndex('customers_email').on(table.email), index('customers_name').on(table.fullName)],
);

export const bills = mysqlTable('bills', {
  id: int().autoincrement().primaryKey(),
  customerId: int('customer_id')
    .notNull()
    .references(() => customers.id),
  total: bigint({ mode: 'number' }).notNull().default(0),
});
