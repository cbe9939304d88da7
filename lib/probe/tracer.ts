import { type Column, readColumns } from '../inspect/shape.js';
import { isRefusal } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import type { Rename, TableName } from '../plan/plan.js';
import { quoteName, quoteTable } from '../sql/quote.js';
import type { Scratch } from './scratch.js';
import { tracerValue } from './tracer-values.js';

/**
 * What becomes of values, which no comparison of definitions can tell: a rename looks like DROP + ADD, and
 * DROP b + ADD b looks like nothing at all.
 */
export type Tracer =
  | {
      kind: 'known';
      /** Values moved from one column to another. */
      renames: readonly Rename[];
      /** Columns that exist before and after, and whose values are gone. */
      lost: readonly string[];
      /** Rows went (DROP PARTITION), so that columns cannot be followed. */
      rowsGone: boolean;
      unchanged: boolean;
    }
  | { kind: 'unknown'; why: string };

/** With few rows a change that makes a key unique over small types can still go through. */
const rowCounts = [8, 2] as const;

/** Runs the change on a clone that holds a few distinct rows, and follows the values. */
export async function trace(scratch: Scratch, spec: string): Promise<Tracer> {
  let why = 'no rows could be made up';
  for (const rows of rowCounts) {
    try {
      return await traceRows(scratch, spec, rows);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      why = error.message;
    }
  }
  return { kind: 'unknown', why };
}

async function traceRows(scratch: Scratch, spec: string, rows: number): Promise<Tracer> {
  const { session } = scratch;
  const clone = await scratch.fresh();
  const mode = await relax(session);
  try {
    await fill(session, clone, await readColumns(session, clone), rows);
    const before = await readVectors(session, clone);
    if (before.rows < 2)
      return { kind: 'unknown', why: 'no two distinct rows could be made up for this table' };
    // No ALGORITHM here: outside strict mode, in which conversions do not fail, classes differ.
    await session.execute(`ALTER TABLE ${quoteTable(clone)} ${spec}`);
    const after = await readVectors(session, clone);
    return after.rows < before.rows
      ? { kind: 'known', renames: [], lost: [], rowsGone: true, unchanged: false }
      : compareVectors(before.vectors, after.vectors);
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
  rows: number,
): Promise<void> {
  const settable = columns.filter((column) => !column.generated);
  const made = Array.from({ length: rows }, (_, row) =>
    settable.map((column, index) => tracerValue(column, index, row, rows) ?? 'DEFAULT').join(', '),
  );
  const names = settable.map(({ name }) => quoteName(name)).join(', ');
  // IGNORE: a row that a CHECK, a partition or a unique key of small types does not take is left out.
  await session.execute(
    `INSERT IGNORE INTO ${quoteTable(table)} (${names}) VALUES ${made.map((values) => `(${values})`).join(', ')}`,
  );
}

type Vectors = ReadonlyMap<string, readonly string[]>;

/** The values of every column, sorted: rows need no identity to be compared that way. */
async function readVectors(session: Session, table: TableName): Promise<{ rows: number; vectors: Vectors }> {
  const columns = await readColumns(session, table);
  const list = columns.map(({ name }, index) => `${quoteName(name)} AS c${index}`).join(', ');
  const rows = await session.rows<Record<string, unknown>>(`SELECT ${list} FROM ${quoteTable(table)}`);
  const vector = (index: number) => rows.map((row) => valueText(row[`c${index}`])).sort();
  return { rows: rows.length, vectors: new Map(columns.map(({ name }, index) => [name, vector(index)])) };
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Buffer.isBuffer(value))
    return /^[\x20-\x7e]*$/.test(value.toString('latin1')) ? value.toString('latin1') : value.toString('hex');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function compareVectors(before: Vectors, after: Vectors): Tracer {
  const telling = [...before].filter(([, values]) => new Set(values).size > 1);
  const lost: string[] = [];
  const renames: Rename[] = [];
  for (const [name, values] of telling) {
    const now = after.get(name);
    if (now !== undefined && (same(values, now) || !movedFrom(name, values, before, after))) {
      if (new Set(now).size < 2) lost.push(name);
      continue;
    }
    const to = [...after].find(
      ([other, candidate]) =>
        other !== name && same(values, candidate) && !same(before.get(other) ?? [], candidate),
    );
    if (to !== undefined) renames.push({ from: name, to: to[0] });
    else if (now !== undefined) lost.push(name);
  }
  const unchanged =
    before.size === after.size && [...before].every(([name, values]) => same(values, after.get(name) ?? []));
  return { kind: 'known', renames, lost, rowsGone: false, unchanged };
}

/** The column still has its name, but its values are another column's now: names were swapped. */
function movedFrom(name: string, values: readonly string[], before: Vectors, after: Vectors): boolean {
  const now = after.get(name) ?? [];
  return [...before].some(([other, was]) => other !== name && same(was, now) && !same(was, values));
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return (
    a.length === b.length && a.every((value, index) => value === b[index] || equalNumbers(value, b[index]))
  );
}

/** A conversion may write the same number differently: `7` and `7.00`. */
function equalNumbers(a: string, b: string | undefined): boolean {
  return b !== undefined && a !== '' && b !== '' && Number(a) === Number(b);
}
