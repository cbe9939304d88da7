import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Cell } from './fault.js';
import { columns, type Row } from './report.js';

export const matrixPath = fileURLToPath(new URL('../../docs/faults-matrix.csv', import.meta.url));

/**
 * Writes what came of some cells into the matrix. The whole takes hours and may be run in parts: a cell that was not
 * tried this time keeps its line.
 * @param order of the lines; a cell that is not in it loses its line
 */
export async function addToMatrix(path: string, some: readonly Row[], order: readonly Cell[]): Promise<void> {
  const before = readCsv(await readFile(path, 'utf8').catch(() => ''));
  const byKey = new Map([...before, ...some].map((row) => [keyOf(row), row]));
  const rows = order.flatMap(({ kind, engine, fault, moment }) => {
    const row = byKey.get(keyOf({ server: kind, engine, fault: fault.name, when: moment }));
    return row === undefined ? [] : [row];
  });
  await writeFile(path, writeCsv(rows));
}

function keyOf({ server, engine, fault, when }: Pick<Row, 'server' | 'engine' | 'fault' | 'when'>): string {
  return [server, engine, fault, when].join('|');
}

export function writeCsv(rows: readonly Row[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return lines.map((values) => `${values.map(field).join(',')}\n`).join('');
}

function field(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Reads what `writeCsv` has written. */
export function readCsv(text: string): Row[] {
  const [, ...rows] = [...text.matchAll(/((?:(?:"(?:[^"]|"")*"|[^",\n]*)(?:,|(?=\n)))+)\n/g)].map(
    ([, line = '']) =>
      [...line.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(?:,|$)/g)].map(
        ([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare,
      ),
  );
  return rows.map(
    (values) => Object.fromEntries(columns.map((column, at) => [column, values[at] ?? ''])) as Row,
  );
}
