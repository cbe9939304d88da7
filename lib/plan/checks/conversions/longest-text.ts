import type { Kind } from './kind.js';

/** Characters of the longest text of a type; undefined where it is not known how it is written. */
export function longestText(before: Kind): number | undefined {
  switch (before.family) {
    case 'integer':
      return Math.max(String(before.low).length, String(before.high).length);
    case 'decimal':
      return (
        before.digits +
        (before.scale > 0 ? 1 : 0) +
        (before.digits === before.scale ? 1 : 0) +
        (before.unsigned ? 0 : 1)
      );
    case 'float':
      return before.fixed === undefined ? (before.double ? 24 : 14) : before.fixed.digits + 3;
    case 'year':
      return 4;
    case 'date':
      return 10;
    case 'datetime':
    case 'timestamp':
      return 19 + fractionText(before.fraction);
    case 'time':
      return 10 + fractionText(before.fraction);
    case 'enum':
      return Math.max(0, ...before.members.map((member) => [...member].length));
    case 'set':
      return before.members.reduce((sum, member) => sum + [...member].length + 1, -1);
    case 'json':
      return 4_294_967_295;
    default:
      return undefined;
  }
}

function fractionText(fraction: number): number {
  return fraction === 0 ? 0 : fraction + 1;
}
