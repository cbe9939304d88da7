import type { Value, Values } from './table.js';
import type { RowState } from './truth.js';

/** A row as the server wrote it: every value a text, whatever its type has become. */
export type ReadValues = readonly (string | null)[];

/** Whether both are the same row, or both are none. A number may have been given decimals or a sign. */
export function same(expected: RowState, found: ReadValues | Values | undefined): boolean {
  if (expected === undefined || found === undefined) return expected === found;
  return expected.every((value, i) => sameValue(value, found[i] ?? null));
}

function sameValue(expected: Value, found: Value): boolean {
  if (expected === null || found === null) return expected === found;
  if (String(expected) === String(found)) return true;
  return typeof expected === 'number' && found !== '' && Number(found) === expected;
}
