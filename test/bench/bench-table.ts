import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { SandboxServer } from '../sandbox/index.js';

export interface BenchTable {
  /** A statement that really changes the table, so that every value has to be copied; another each time. */
  nextChange(): string;
  /** What gh-ost keeps after each swap. */
  dropOldTables(): Promise<void>;
  close(): Promise<void>;
}

/** A table of about 250 bytes a row with a secondary index; the same rows every time. */
export async function benchTable(
  { host, port, user, password }: SandboxServer,
  rows: number,
): Promise<BenchTable> {
  const connection = await createConnection({ host, port, user, password });
  await connection.query('CREATE DATABASE bench');
  await connection.query(
    `CREATE TABLE bench.payments (
       id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
       account INT UNSIGNED NOT NULL,
       amount DECIMAL(10,2) NOT NULL,
       note VARCHAR(255) NOT NULL,
       paid_at DATETIME NOT NULL,
       KEY account (account, paid_at))`,
  );
  await connection.query('SET SESSION cte_max_recursion_depth=100000000');
  await connection.query(
    `INSERT INTO bench.payments (account, amount, note, paid_at)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     SELECT CRC32(i) % 50000, CRC32(i) % 1000000 / 100, RPAD(SHA2(i, 256), 180, '.'),
            '2026-01-01' + INTERVAL i SECOND
       FROM n`,
    [rows],
  );
  let changes = 0;
  return {
    nextChange: () =>
      `ALTER TABLE bench.payments MODIFY amount DECIMAL(${++changes % 2 ? 12 : 11},2) NOT NULL`,
    dropOldTables: async () => {
      const [tables] = await connection.query<RowDataPacket[]>(
        "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA='bench' AND TABLE_NAME<>'payments'",
      );
      for (const { name } of tables) await connection.query(`DROP TABLE bench.\`${name}\``);
    },
    close: () => connection.end(),
  };
}
