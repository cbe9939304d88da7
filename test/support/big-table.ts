import type { Schema } from '../servers.js';
import { processesOf } from './processes.js';

/** A table of 2^power rows of about 200 bytes, on which an ALTER takes a while. */
export async function makeBigTable(schema: Schema, name: string, power: number): Promise<void> {
  await schema.query(
    `CREATE TABLE ${name} (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL, b VARCHAR(200), KEY (a), KEY (b(50)))`,
  );
  await schema.query(`INSERT INTO ${name} (a, b) VALUES (1, REPEAT('x', 150))`);
  for (let n = 0; n < power; n++) {
    await schema.query(`INSERT INTO ${name} (a, b) SELECT a + ${2 ** n}, CONCAT(a, b) FROM ${name}`);
    await schema.query(`UPDATE ${name} SET b=LEFT(b, 180) WHERE LENGTH(b)>180`);
  }
}

export async function columnsOf(schema: Schema, table: string): Promise<string[]> {
  const rows = await schema.query<{ name: string; type: string }>(
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS type FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA=? AND TABLE_NAME=? ORDER BY ORDINAL_POSITION`,
    [schema.name, table],
  );
  return rows.map(({ name, type }) => `${name} ${type}`);
}

/** Connections that run an ALTER TABLE of this table. */
export async function altersOf(schema: Schema, table: string): Promise<number[]> {
  const start = `ALTER TABLE \`${schema.name}\`.\`${table}\``;
  return (await processesOf(schema)).flatMap(({ id, statement }) =>
    statement?.startsWith(start) ? [id] : [],
  );
}
