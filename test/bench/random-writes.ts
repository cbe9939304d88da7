import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection, type ResultSetHeader } from 'mysql2/promise';
import type { SandboxServer } from '../sandbox/index.js';

export const soakTable = { schema: 'soak', name: 't' };

const definition = `
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, code VARCHAR(40) NOT NULL, amount INT, note VARCHAR(60),
  flag TINYINT NOT NULL DEFAULT 0, data JSON, price DECIMAL(10,2), ratio DOUBLE, at TIMESTAMP(3) NULL, body BLOB,
  KEY (code)`;

/** Rows that are written far more often than others. */
const hotRows = 10;

export async function makeSoakTable(
  { host, port, user, password }: SandboxServer,
  rows: number,
): Promise<Connection> {
  const connection = await createConnection({ host, port, user, password });
  await connection.query(`CREATE DATABASE ${soakTable.schema}`);
  await connection.query(`USE ${soakTable.schema}`);
  await connection.query(`CREATE TABLE t (${definition}) DEFAULT CHARSET utf8mb4`);
  await connection.query('SET SESSION cte_max_recursion_depth=100000000');
  await connection.query(
    `INSERT INTO t (code, amount, note, data, price, ratio, at, body)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
     SELECT CONCAT('c', i), i % 1000, IF(i % 7, CONCAT('note ', i), NULL), JSON_OBJECT('b', i, 'a', i / 4e0), i / 8,
            i / 3, NOW(3), RANDOM_BYTES(40) FROM n`,
  );
  return connection;
}

export interface Writes {
  /** How often each kind of write was made. */
  counts: Readonly<Record<string, number>>;
  /** @throws where a writer has failed */
  check(): void;
  stop(): Promise<void>;
}

/** Writes at random, of every kind that may mislead a comparison: keys that move, rows that come and go, flags. */
export async function startRandomWrites(
  { host, port, user, password }: SandboxServer,
  perSecond: number,
  rows: number,
  writers = 4,
): Promise<Writes> {
  const counts: Record<string, number> = {};
  let stopped = false;
  const work = async () => {
    const connection = await createConnection({ host, port, user, password, database: soakTable.schema });
    try {
      while (!stopped) {
        const [name, write] = pick(kinds);
        try {
          await write(connection, rows);
          counts[name] = (counts[name] ?? 0) + 1;
        } catch (error) {
          if (!isExpected(error)) throw error;
          await connection.query('ROLLBACK');
        }
        await sleep(Math.random() * 2 * ((1_000 * writers) / perSecond));
      }
    } finally {
      await connection.end();
    }
  };
  const running = Promise.all(Array.from({ length: writers }, work));
  let failure: unknown;
  running.catch((error: unknown) => {
    failure = error;
  });
  return {
    counts,
    check() {
      if (failure !== undefined) throw failure;
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

type Write = (connection: Connection, rows: number) => Promise<unknown>;

const kinds: readonly (readonly [string, Write])[] = [
  ['insert', (on) => on.query(`INSERT INTO t (${columns}) VALUES (${values})`)],
  ['insert', (on) => on.query(`INSERT INTO t (${columns}) VALUES (${values}), (${values}), (${values})`)],
  ['update', (on, rows) => on.query(`UPDATE t SET amount=RAND()*1e6, note=UUID() WHERE id=?`, [any(rows)])],
  ['update of all', (on, rows) => on.query(`UPDATE t SET ${assignments} WHERE id=?`, [any(rows)])],
  [
    'update of many',
    (on, rows) => on.query('UPDATE t SET amount=amount+1 WHERE id BETWEEN ? AND ?', range(rows)),
  ],
  ['delete', (on, rows) => on.query('DELETE FROM t WHERE id=?', [any(rows)])],
  ['key moves', (on, rows) => on.query('UPDATE t SET id=? WHERE id=?', [any(rows), any(rows)])],
  ['key moves', (on, rows) => on.query('UPDATE t SET id=-id WHERE id=?', [any(rows)])],
  ['deleted and inserted', deletedAndInserted],
  ['flag back and forth', (on) => on.query('UPDATE t SET flag=1-flag WHERE id=?', [any(hotRows)])],
  ['flag back and forth', (on) => on.query('UPDATE t SET flag=1-flag WHERE id=?', [any(hotRows)])],
  [
    'letter case back and forth',
    (on) =>
      on.query('UPDATE t SET code=IF(code=BINARY UPPER(code), LOWER(code), UPPER(code)) WHERE id=?', [
        hotRows + any(hotRows),
      ]),
  ],
  ['row comes and goes', comesAndGoes],
  ['transaction', transaction],
  ['rolled back', rolledBack],
];

/** No decimals in JSON: gh-ost makes texts of them when it applies a change, and that is no false alarm. */
const columns = 'code, amount, note, flag, data, price, ratio, at, body';
const values =
  "UUID(), RAND()*1e6, IF(RAND()<.2, NULL, REPEAT('ü', RAND()*50)), RAND()<.5, JSON_OBJECT('z', RAND(), 'a', FLOOR(RAND()*9), 'f', 1e0), " +
  'RAND()*1e5, RAND()*1e9, NOW(3) - INTERVAL RAND()*1e8 SECOND, RANDOM_BYTES(20)';
const assignments =
  "code=UUID(), amount=RAND()*1e6, note=IF(RAND()<.2, NULL, 'ß'), data=JSON_OBJECT('q', RAND()), price=RAND()*1e5, " +
  'ratio=RAND(), at=NOW(3), body=RANDOM_BYTES(30)';

async function deletedAndInserted(on: Connection, rows: number): Promise<void> {
  const id = any(rows);
  await on.query('CREATE TEMPORARY TABLE IF NOT EXISTS moved AS SELECT * FROM t LIMIT 0');
  await on.query('DELETE FROM moved');
  await on.query('INSERT INTO moved SELECT * FROM t WHERE id=?', [id]);
  await on.query('DELETE FROM t WHERE id=?', [id]);
  await on.query('INSERT INTO t SELECT * FROM moved');
}

/** The very same row, whose key is at the end of the table and in front of it. */
async function comesAndGoes(on: Connection): Promise<void> {
  const id = -1_000_000_000 - any(5);
  const [{ affectedRows }] = await on.query<ResultSetHeader>('DELETE FROM t WHERE id=?', [id]);
  if (affectedRows === 0) await on.query("INSERT INTO t (id, code) VALUES (?, 'here')", [id]);
}

async function transaction(on: Connection, rows: number): Promise<void> {
  await on.query('START TRANSACTION');
  await on.query('UPDATE t SET amount=0 WHERE id=?', [any(rows)]);
  await on.query('DELETE FROM t WHERE id=?', [any(rows)]);
  await on.query(`INSERT INTO t (${columns}) VALUES (${values})`);
  await sleep(Math.random() * 200);
  await on.query('COMMIT');
}

async function rolledBack(on: Connection, rows: number): Promise<void> {
  await on.query('START TRANSACTION');
  await on.query('UPDATE t SET amount=-1 WHERE id BETWEEN ? AND ?', range(rows));
  await on.query('ROLLBACK');
}

function any(most: number): number {
  return 1 + Math.floor(Math.random() * most);
}

function range(rows: number): [number, number] {
  const start = any(rows);
  return [start, start + 5];
}

function pick<T>(all: readonly T[]): T {
  const found = all[Math.floor(Math.random() * all.length)];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
}

/** Duplicate keys, deadlocks and waits are what writers at random have. */
function isExpected(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && [1062, 1213, 1205].includes(Number(error.errno));
}
