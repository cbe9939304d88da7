import type { KeyValue } from './beyond.js';
import { integer } from './spread.js';
import type { Window } from './windows.js';

/** A window that was read. */
export interface Chunk {
  window: Window;
  rows: number;
  /** The key of its last row; absent where it reached the end of the table. */
  end?: readonly KeyValue[];
}

/**
 * How many rows a table has, by how many keys a chunk of rows takes at places all over the range of the key. The server's own
 * estimate of a table with rows of growing width can be twice as much (measured on MariaDB 10.11).
 * @param ends the least and the greatest key
 * @returns undefined where the key is no number
 */
export function rowsByDensity(
  chunks: readonly Chunk[],
  ends: readonly [bigint, bigint] | undefined,
): number | undefined {
  if (ends === undefined) return undefined;
  const [least, greatest] = ends;
  // The gap before a row counts as well: a place in it is as likely as any other.
  const densities = chunks.flatMap(({ window, rows, end }) => {
    const last = end?.[0] === undefined ? greatest : integer(end[0]);
    return last === undefined ? [] : window.places.map((place) => rows / Number(last - place + 1n));
  });
  if (densities.length === 0) return undefined;
  const mean = densities.reduce((sum, each) => sum + each, 0) / densities.length;
  return Math.round(mean * Number(greatest - least + 1n));
}
