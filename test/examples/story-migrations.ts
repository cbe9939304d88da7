import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What production has before the 47 migrations, and what the application does with it. */
export const baseTables = [
  'CREATE TABLE customers (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100))',
  `CREATE TABLE orders (
     id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
     reference VARCHAR(40) NOT NULL,
     customer_id INT NOT NULL DEFAULT 1,
     total DECIMAL(8,2) NOT NULL,
     quantity INT NOT NULL DEFAULT 1,
     placed_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
     KEY orders_reference (reference))`,
  'CREATE TABLE products (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, sku VARCHAR(40) NOT NULL, price DECIMAL(8,2))',
];

/** Two of the migrations, as somebody once made them by hand. */
export const byHand = [
  'ALTER TABLE orders ADD COLUMN source VARCHAR(20) NULL',
  'DROP INDEX orders_reference ON orders',
  'CREATE UNIQUE INDEX orders_reference_key ON orders (reference)',
];

/** What the application of before the migrations sends. */
export const oldApplication = [
  "INSERT INTO customers (email, name) VALUES ('new@example.com', 'New')",
  'INSERT INTO orders (reference, total) VALUES (UUID(), 9.99)',
  'INSERT INTO orders (reference, customer_id, total, quantity) VALUES (UUID(), 1, 5, 2)',
  'UPDATE orders SET total = total + 1, quantity = 3 WHERE id = 10',
  'SELECT id, reference, customer_id, total, quantity, placed_at FROM orders WHERE customer_id = 1 LIMIT 5',
  "INSERT INTO products (sku, price) VALUES ('s', 1)",
  'SELECT p.sku, COUNT(*) FROM products p JOIN orders o ON o.quantity = p.id GROUP BY p.sku',
  "DELETE FROM products WHERE sku = 's'",
];

const changed = ['shipments', 'invoices', 'coupons'];
const added = ['reviews', 'addresses', 'returns', 'gifts', 'taxes', 'stores', 'carts', 'tokens', 'alerts'];

/** 47 bodies of `up`. The index and the column `source` were made by hand. */
const bodies: readonly string[] = [
  table('audits', 'what: Sequelize.STRING(40), at: { type: Sequelize.DATE, allowNull: false }'),
  "await q.bulkInsert('audits', [{ id: 1, what: 'begun', at: new Date('2026-01-01T00:00:00Z') }]);",
  [
    "await q.sequelize.query('DROP INDEX orders_reference ON orders');",
    "await q.sequelize.query('CREATE UNIQUE INDEX orders_reference_key ON orders (reference)');",
  ].join('\n'),
  ...[...changed, ...added].map((name) =>
    table(name, 'orderId: Sequelize.BIGINT, note: Sequelize.STRING(20)'),
  ),
  "await q.addColumn('customers', 'phone', { type: Sequelize.STRING(30) });",
  "await q.addColumn('orders', 'source', { type: Sequelize.STRING(20) });",
  "await q.addColumn('orders', 'currency', { type: Sequelize.CHAR(3), allowNull: false, defaultValue: 'EUR' });",
  ...changed.map((name) => `await q.addIndex('${name}', ['orderId'], { name: '${name}_order' });`),
  ...changed.map(
    (name) => `await q.addColumn('${name}', 'state', { type: Sequelize.INTEGER, defaultValue: 0 });`,
  ),
  "await q.addIndex('orders', ['customer_id', 'placed_at'], { name: 'orders_by_customer' });",
  "await q.bulkUpdate('audits', { what: 'half' }, { id: 1 });",
  "await q.addColumn('orders', 'shipped_at', { type: Sequelize.DATE });",
  // As large as the table is, and a change of a type: a copy, which writers must not wait for.
  "await q.sequelize.query('/* alterwise strategy=gh-ost */ ALTER TABLE orders MODIFY quantity BIGINT NOT NULL DEFAULT 1');",
  ...changed.map((name) => `await q.renameColumn('${name}', 'note', 'remark');`),
  ...added.slice(0, 6).map((name) => `await q.bulkInsert('${name}', [{ note: 'first' }]);`),
  `await q.addConstraint('reviews', { type: 'foreign key', fields: ['orderId'], name: 'reviews_order',
      references: { table: 'orders', field: 'id' }, onDelete: 'cascade' });`,
  "await q.addIndex('customers', ['email'], { name: 'customers_email' });",
  "await q.removeColumn('coupons', 'state');",
  "await q.removeIndex('invoices', 'invoices_order');",
  "await q.renameTable('addresses', 'places');",
  "await q.addColumn('products', 'title', { type: Sequelize.STRING(80) });",
  "await q.sequelize.query('UPDATE products SET title = sku');",
  "await q.addIndex('products', ['sku'], { name: 'products_sku' });",
  "await q.bulkDelete('audits', { id: 1 });",
  "await q.addIndex('products', ['title'], { name: 'products_title' });",
];

/** Writes them as files of a Sequelize project, and returns their names. */
export async function writeMigrations(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const names = bodies.map((_, index) => `202601${String(index + 1).padStart(2, '0')}-step.js`);
  for (const [index, body] of bodies.entries()) {
    const text = `module.exports = {\n  async up(q, Sequelize) {\n    ${body}\n  },\n  async down() {},\n};\n`;
    await writeFile(join(folder, names[index] ?? ''), text);
  }
  return names;
}

function table(name: string, columns: string): string {
  return `await q.createTable('${name}', { id: { type: Sequelize.INTEGER, autoIncrement: true, primaryKey: true }, ${columns} });`;
}
