import { type Connection, createConnection } from 'mysql2/promise';
import type { SandboxServer } from '../sandbox/index.js';

export interface Shape {
  rows: number;
  create: string;
  /** Columns, and what they are of row n out of N. */
  fill: Readonly<Record<string, string>>;
}

const text = (length: string) => `RPAD(CONCAT(CRC32(n), '-', CRC32(n * 7)), ${length}, 'lorem ipsum ')`;

export const shapes = {
  narrow: {
    rows: 1_000_000,
    create:
      'id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, account INT NOT NULL, amount INT NOT NULL, code VARCHAR(16) NOT NULL, KEY (account)',
    fill: { account: 'CRC32(n) % 100000', amount: 'CRC32(n * 3) % 100000', code: "CONCAT('c', CRC32(n))" },
  },
  wide: {
    rows: 200_000,
    create:
      'id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, owner INT NOT NULL, title VARCHAR(200) NOT NULL, body TEXT NOT NULL, ' +
      'extra VARCHAR(600) NOT NULL, state INT NOT NULL, KEY (owner), KEY (title)',
    fill: {
      owner: 'CRC32(n) % 50000',
      title: text('40 + n % 60'),
      body: text('400 + CRC32(n) % 600'),
      extra: text('200 + CRC32(n * 5) % 300'),
      state: 'n % 7',
    },
  },
  growing: {
    rows: 250_000,
    create:
      'id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, kind INT NOT NULL, payload TEXT NOT NULL, seen DATETIME NOT NULL, KEY (seen)',
    fill: {
      kind: 'CRC32(n) % 100',
      payload: text('10 + FLOOR(2000 * n / N)'),
      seen: "'2024-01-01' + INTERVAL n SECOND",
    },
  },
  indexed: {
    rows: 400_000,
    create:
      'tenant INT NOT NULL, number INT NOT NULL, a INT NOT NULL, b INT NOT NULL, c VARCHAR(40) NOT NULL, d VARCHAR(40) NOT NULL, ' +
      'e DATETIME NOT NULL, f DECIMAL(10,2) NOT NULL, PRIMARY KEY (tenant, number), KEY (a), KEY (b, a), KEY (c), KEY (d, e), ' +
      'KEY (e), KEY (f), KEY (c, b), UNIQUE (number)',
    fill: {
      tenant: 'n % 40',
      number: 'n',
      a: 'CRC32(n) % 1000',
      b: 'CRC32(n * 3) % 100000',
      c: "CONCAT('name-', CRC32(n * 5))",
      d: "CONCAT(CRC32(n * 7), '@example.org')",
      e: "'2024-01-01' + INTERVAL CRC32(n) % 30000000 SECOND",
      f: 'CRC32(n) % 1000000 / 100',
    },
  },
} satisfies Record<string, Shape>;

export type ShapeName = keyof typeof shapes;

export const benchSchema = 'bench_forecast';

/** All tables, filled by the server itself, the same rows every time. @param scale of the number of rows */
export async function makeTables(
  { host, port, user, password }: SandboxServer,
  scale: number,
  tell: (text: string) => void,
): Promise<Connection> {
  const connection = await createConnection({ host, port, user, password });
  await connection.query(`CREATE DATABASE ${benchSchema} DEFAULT CHARACTER SET utf8mb4`);
  await connection.query(`USE ${benchSchema}`);
  const most = Math.max(...Object.values(shapes).map(({ rows }) => rows)) * scale;
  await connection.query('CREATE TABLE numbers (n INT NOT NULL PRIMARY KEY)');
  await connection.query('INSERT INTO numbers VALUES (1)');
  for (let rows = 1; rows < most; rows *= 2) {
    await connection.query(`INSERT INTO numbers SELECT n + ${rows} FROM numbers`);
  }
  for (const [name, { rows, create, fill }] of Object.entries<Shape>(shapes)) {
    tell(`filling ${name}`);
    await connection.query(`CREATE TABLE ${name} (${create})`);
    const count = Math.round(rows * scale);
    const values = Object.values(fill).map((value) => value.replace(/\bN\b/g, String(count)));
    for (let start = 0; start < count; start += 50_000) {
      await connection.query(
        `INSERT INTO ${name} (${Object.keys(fill).join(', ')})
         SELECT ${values.join(', ')} FROM numbers WHERE n > ${start} AND n <= ${Math.min(count, start + 50_000)}`,
      );
    }
  }
  await connection.query('DROP TABLE numbers');
  return connection;
}
