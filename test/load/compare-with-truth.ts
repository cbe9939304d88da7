import type { Connection } from 'mysql2/promise';
import { quoteTable } from '../../lib/sql/names.js';
import { ask } from './ask.js';
import { columnNames } from './column-names.js';
import { type ReadRow, readRows } from './read-rows.js';
import { type ReadValues, same } from './same.js';
import type { LoadReport } from './start-load.js';
import type { LoadTable } from './table.js';
import type { RowState } from './truth.js';

/** The first rows that are not as they must be, to look at. */
export interface Sample {
  id: number;
  is: 'lost' | 'doubled' | 'different';
  expected?: readonly RowState[];
  found?: readonly ReadValues[];
}

export interface Comparison {
  /** In the table. */
  rows: number;
  /** Rows that must be there and are not, or were not when a write of the load looked for them. */
  lost: number;
  /** Rows too many: an id twice, one whose DELETE was committed, one that nobody wrote. */
  doubled: number;
  different: number;
  samples: readonly Sample[];
}

const chunk = 10_000;
const samplesLimit = 20;

/**
 * Compares a table with what must be in it, row by row and value by value.
 * @param table the table of the load, or one that must hold the same rows, such as its copy on a replica
 */
export async function compareWithTruth(
  connection: Connection,
  table: Pick<LoadTable, 'schema' | 'name'>,
  { truth, missed }: Pick<LoadReport, 'truth' | 'missed'>,
): Promise<Comparison> {
  const found = new Findings();
  const names = await columnNames(connection, truth.table.columns, table);
  const [lowest, highest] = await ends(connection, table);
  for (let from = Math.min(lowest, 1); from <= Math.max(highest, truth.maxId); from += chunk) {
    const to = from + chunk - 1;
    const rows = await readRows(connection, table, names, from, to);
    let next = 0;
    for (let id = from; id <= to; id++) {
      const first = next;
      while (rows[next]?.id === id) next++;
      found.compare(id, truth.possible(id), rows.slice(first, next));
    }
  }
  // Found again by now, or written anew: it was gone for a while all the same.
  for (const { id } of missed) found.note({ id, is: 'lost' });
  return found.summary();
}

class Findings {
  #rows = 0;
  readonly #counts = { lost: 0, doubled: 0, different: 0 };
  readonly #samples: Sample[] = [];

  compare(id: number, possible: readonly RowState[], rows: readonly ReadRow[]): void {
    this.#rows += rows.length;
    const [first, ...others] = rows.map(({ values }) => values);
    if (others.length === 0 && possible.some((state) => same(state, first))) return;
    const found = rows.map(({ values }) => values);
    const mayBeThere = possible.some((state) => state !== undefined);
    if (first === undefined) this.note({ id, is: 'lost', expected: possible });
    else if (!mayBeThere || others.length > 0) this.note({ id, is: 'doubled', expected: possible, found });
    else this.note({ id, is: 'different', expected: possible, found });
  }

  note(sample: Sample): void {
    this.#counts[sample.is]++;
    if (this.#samples.length < samplesLimit) this.#samples.push(sample);
  }

  summary(): Comparison {
    return { rows: this.#rows, ...this.#counts, samples: this.#samples };
  }
}

/** The lowest and the highest id; 1 and 0 where there is no row. */
async function ends(
  connection: Connection,
  table: Pick<LoadTable, 'schema' | 'name'>,
): Promise<readonly [number, number]> {
  const sql = `SELECT MIN(id) lowest, MAX(id) highest FROM ${quoteTable(table)}`;
  const [row] = await ask(connection, { sql });
  return [Number(row?.lowest ?? 1), Number(row?.highest ?? 0)];
}
