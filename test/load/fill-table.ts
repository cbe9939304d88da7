import { type ConnectionOptions, createConnection } from 'mysql2/promise';
import { quoteName, quoteString, quoteTable } from '../../lib/sql/names.js';
import { ask } from './ask.js';
import type { LoadTable, Value } from './table.js';
import { fillValues } from './truth.js';

export interface FillOptions {
  connection: ConnectionOptions;
  table: LoadTable;
  seed: number;
  /** Told after each statement how many rows there are. */
  onProgress?: (rows: number) => void;
  signal?: AbortSignal;
}

const rowsAStatement = 2_000;
const connections = 2;

/** Fills an empty table with its rows, each as its id and the seed tell. */
export async function fillTable(options: FillOptions): Promise<void> {
  const { table, onProgress } = options;
  let begun = 0;
  let done = 0;
  const stop = new AbortController();
  const nextChunk = () => {
    const from = begun + 1;
    begun = Math.min(table.rows, begun + rowsAStatement);
    return { from, to: begun };
  };
  const fill = async () => {
    const connection = await createConnection(options.connection);
    // One that is lost between two statements emits an error; the next statement tells it.
    connection.on('error', () => {});
    try {
      for (let { from, to } = nextChunk(); from <= to; { from, to } = nextChunk()) {
        options.signal?.throwIfAborted();
        stop.signal.throwIfAborted();
        await ask(connection, { sql: insert(options, from, to) });
        done += to - from + 1;
        onProgress?.(done);
      }
    } catch (error) {
      stop.abort(error);
      throw error;
    } finally {
      connection.destroy();
    }
  };
  await Promise.allSettled(Array.from({ length: connections }, fill));
  stop.signal.throwIfAborted();
}

function insert({ table, seed }: FillOptions, from: number, to: number): string {
  const names = ['id', ...table.columns.map(({ name }) => name)].map(quoteName);
  const rows: string[] = [];
  for (let id = from; id <= to; id++) {
    rows.push(`(${id},${fillValues(table, seed, id).map(literal).join()})`);
  }
  return `INSERT INTO ${quoteTable(table)} (${names.join()}) VALUES ${rows.join()}`;
}

function literal(value: Value): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : quoteString(value);
}
