import { type Column, readColumns } from '../inspect/shape.js';
import { isRefusal } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import { quoteName, quoteTable } from '../sql/quote.js';
import type { AlterStatement } from '../sql/statement.js';
import type { Scratch } from './scratch.js';
import { tracerValue } from './tracer-values.js';
import { compareVectors, type Tracer, type Vectors } from './vectors.js';

/** With few rows a change that makes a key unique over small types can still go through. */
const rowCounts = [8, 2] as const;

/**
 * Runs the change on a clone that holds a few distinct rows, and follows the values.
 * @param after what the columns will be
 */
export async function trace(
  scratch: Scratch,
  { spec, renames }: AlterStatement,
  after: readonly Column[],
): Promise<Tracer> {
  const targetOf = (column: Column) => {
    const name =
      renames.find(({ from }) => from.toLowerCase() === column.name.toLowerCase())?.to ?? column.name;
    return after.find((other) => other.name.toLowerCase() === name.toLowerCase()) ?? column;
  };
  let why = 'no rows could be made up';
  for (const rows of rowCounts) {
    try {
      return await traceRows(scratch, spec, targetOf, rows);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      why = error.message;
    }
  }
  return { kind: 'unknown', why };
}

type TargetOf = (column: Column) => Column;

async function traceRows(scratch: Scratch, spec: string, targetOf: TargetOf, rows: number): Promise<Tracer> {
  const { session } = scratch;
  const clone = await scratch.fresh();
  const mode = await relax(session);
  try {
    await fill(session, clone, await readColumns(session, clone), targetOf, rows);
    const before = await readVectors(session, clone);
    if (before.rows < 2)
      return { kind: 'unknown', why: 'no two distinct rows could be made up for this table' };
    // No ALGORITHM here: outside strict mode, in which conversions do not fail, classes differ.
    await session.execute(`ALTER TABLE ${quoteTable(clone)} ${spec}`);
    const after = await readVectors(session, clone);
    return compareVectors(before, after);
  } finally {
    await session.execute(`SET SESSION sql_mode='${mode}', foreign_key_checks=1`);
  }
}

/** @returns the sql_mode to go back to */
async function relax(session: Session): Promise<string> {
  const [row] = await session.rows<{ mode: string }>('SELECT @@SESSION.sql_mode AS mode');
  await session.execute("SET SESSION sql_mode='NO_AUTO_VALUE_ON_ZERO', foreign_key_checks=0");
  return row?.mode ?? '';
}

async function fill(
  session: Session,
  table: TableName,
  columns: readonly Column[],
  targetOf: TargetOf,
  rows: number,
): Promise<void> {
  const settable = columns.filter((column) => !column.generated);
  const made = Array.from({ length: rows }, (_, row) =>
    settable
      .map((each, column) => tracerValue(each, targetOf(each), { column, row, rows }) ?? 'DEFAULT')
      .join(', '),
  );
  const names = settable.map(({ name }) => quoteName(name)).join(', ');
  // IGNORE: a row that a CHECK, a partition or a unique key of small types does not take is left out.
  await session.execute(
    `INSERT IGNORE INTO ${quoteTable(table)} (${names}) VALUES ${made.map((values) => `(${values})`).join(', ')}`,
  );
}

/** The values of every column, sorted: rows need no identity to be compared that way. */
async function readVectors(session: Session, table: TableName): Promise<Vectors> {
  const columns = await readColumns(session, table);
  const list = columns.map(({ name }, index) => `${quoteName(name)} AS c${index}`).join(', ');
  const rows = await session.rows<Record<string, unknown>>(`SELECT ${list} FROM ${quoteTable(table)}`);
  const vector = (index: number) => rows.map((row) => valueText(row[`c${index}`])).sort();
  return { rows: rows.length, columns: new Map(columns.map(({ name }, index) => [name, vector(index)])) };
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Buffer.isBuffer(value))
    return /^[\x20-\x7e]*$/.test(value.toString('latin1')) ? value.toString('latin1') : value.toString('hex');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
