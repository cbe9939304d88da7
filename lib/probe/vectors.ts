import type { Rename } from '../documents/plan.js';

/**
 * What happens to the values, which no comparison of definitions shows: a rename looks like DROP + ADD, and
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

type Columns = ReadonlyMap<string, readonly string[]>;

/** The values of each column as text, sorted: rows need no identity to be compared that way. */
export interface Vectors {
  rows: number;
  columns: Columns;
}

/** Follows the values of every column through a change. */
export function compareVectors(was: Vectors, is: Vectors): Tracer {
  if (is.rows < was.rows) return { kind: 'known', renames: [], lost: [], rowsGone: true, unchanged: false };
  const { columns: before } = was;
  const { columns: after } = is;
  const distinct = [...before].filter(([, values]) => new Set(values).size > 1);
  const lost: string[] = [];
  const renames: Rename[] = [];
  for (const [name, values] of distinct) {
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
function movedFrom(name: string, values: readonly string[], before: Columns, after: Columns): boolean {
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
