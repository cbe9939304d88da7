import type { Schema } from '../../servers.js';

/** A table that generated statements are about. */
export interface LiveTable {
  name: string;
  columns: readonly string[];
  /** Keys, foreign keys and checks, by their names. */
  keys: readonly string[];
  partitions?: readonly string[];
  create: string;
  /** A row out of the numbers from 0 up, as values of an INSERT; `columns` where they are not all. */
  row: (n: number) => string;
  written?: string;
}

/** Tables of different shapes, with rows that offend against many a change. */
export const liveTables: readonly LiveTable[] = [
  {
    name: 'orders',
    columns: ['id', 'customer', 'note', 'amount', 'status', 'created'],
    keys: ['PRIMARY', 'k_customer', 'u_note', 'c_amount'],
    create: `CREATE TABLE orders (id INT NOT NULL AUTO_INCREMENT, customer INT NOT NULL, note VARCHAR(40),
      amount DECIMAL(10,2) NOT NULL DEFAULT 0, status ENUM('new','paid','gone') DEFAULT 'new', created DATETIME(3),
      PRIMARY KEY (id), KEY k_customer (customer, created), UNIQUE KEY u_note (note),
      CONSTRAINT c_amount CHECK (amount >= 0)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='it''s; "odd"'`,
    row: (n) =>
      `(${n + 1}, ${n % 7}, ${n % 3 === 0 ? 'NULL' : `'Größe ${n} 😀'`}, ${n}.25, '${['new', 'paid', 'gone'][n % 3]}', '2024-02-29 1:02:03.${n + 100}')`,
  },
  {
    name: 'order lines',
    columns: ['order_id', 'line', 'product', 'qty'],
    keys: ['PRIMARY', 'fk order', 'k_product'],
    create: `CREATE TABLE \`order lines\` (order_id INT NOT NULL, line SMALLINT NOT NULL, product VARCHAR(20) NOT NULL,
      qty INT UNSIGNED DEFAULT NULL, PRIMARY KEY (order_id, line), KEY k_product (product(5)),
      CONSTRAINT \`fk order\` FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)
      ENGINE=InnoDB DEFAULT CHARSET=latin1`,
    row: (n) => `(${(n % 20) + 1}, ${n}, 'p${n % 5}', ${n % 4 === 0 ? 'NULL' : 4_000_000_000 + n})`,
  },
  {
    name: 'log',
    columns: ['at', 'message', 'level'],
    keys: ['k_at'],
    create: `CREATE TABLE log (at DATETIME NOT NULL, message TEXT, level TINYINT, KEY k_at (at)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
    row: (n) => `('2024-01-0${(n % 9) + 1}', 'x${n % 3}', ${n % 2 === 0 ? 'NULL' : n})`,
  },
  {
    name: 'gen`erated',
    columns: ['id', 'a', 'b', 'total', 'twice'],
    keys: ['PRIMARY', 'k_twice'],
    create: `CREATE TABLE \`gen\`\`erated\` (id BIGINT NOT NULL, a INT, b INT, total INT AS (a + b) STORED,
      twice BIGINT AS (a * 2) VIRTUAL, PRIMARY KEY (id), KEY k_twice (twice)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
    row: (n) => `(${n}, ${n % 11}, ${n % 5 === 0 ? 'NULL' : n * 1000})`,
    written: '(id, a, b)',
  },
  {
    name: 'metrics',
    columns: ['id', 'day', 'value'],
    keys: ['PRIMARY'],
    partitions: ['p0', 'p1', 'pm'],
    create: `CREATE TABLE metrics (id INT NOT NULL, day INT NOT NULL, value DOUBLE, PRIMARY KEY (id, day)) ENGINE=InnoDB
      DEFAULT CHARSET=utf8mb4 PARTITION BY RANGE (day) (PARTITION p0 VALUES LESS THAN (30),
      PARTITION p1 VALUES LESS THAN (60), PARTITION pm VALUES LESS THAN MAXVALUE)`,
    row: (n) => `(${n}, ${n}, ${n / 3})`,
  },
  {
    name: 'größe;--',
    columns: ['select', 'a b', 'co`l', 'ключ'],
    keys: ['PRIMARY', 'key`; DROP'],
    create: `CREATE TABLE \`größe;--\` (\`select\` INT NOT NULL PRIMARY KEY, \`a b\` VARCHAR(10) COLLATE utf8mb4_bin,
      \`co\`\`l\` DATE, \`ключ\` SET('a','b;c') , UNIQUE KEY \`key\`\`; DROP\` (\`a b\`, \`ключ\`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
    row: (n) => `(${n}, '${n % 2 === 0 ? 'a' : 'A'}${n >> 1}', '2024-01-31', 'a')`,
  },
];

const rows = 60;

/** Makes and fills the tables in the schema of the connection. */
export async function makeLiveTables({ query }: Pick<Schema, 'query'>): Promise<void> {
  for (const { name, create, row, written = '' } of liveTables) {
    await query(create);
    const values = Array.from({ length: rows }, (_, n) => row(n)).join(', ');
    await query(`INSERT INTO \`${name.replaceAll('`', '``')}\` ${written} VALUES ${values}`);
  }
}
