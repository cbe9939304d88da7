import type { Kind } from '../../table/column-kind.js';
import { type Conversion, type Harm, harmed } from './harms.js';

/** A value of any type as the number that a conversion would make of it. */
export interface NumberSource {
  /** An SQL expression; NULL if the text is no number. */
  value: string;
  /** What reading it as a number would harm. */
  harms: Harm[];
  /** Digits that it can have after the point; absent if it is not exact. */
  scale?: number;
  /** Least and greatest that the type can hold, if the type tells. */
  low?: bigint;
  high?: bigint;
}

/** Undefined if it is unknown how the server reads it. */
export function numberOf(
  { column, before }: Conversion,
  pattern: NumberPattern = 'any',
): NumberSource | undefined {
  const plus0 = `(${column}+0)`;
  const exact = (value: string, scale: number, low: bigint, high: bigint) => ({
    value,
    harms: [],
    scale,
    low,
    high,
  });
  switch (before.family) {
    case 'integer':
      return exact(column, 0, before.low, before.high);
    case 'bit':
      return exact(plus0, 0, 0n, 2n ** BigInt(before.bits) - 1n);
    case 'year':
      return exact(plus0, 0, 0n, 2155n);
    case 'decimal': {
      const bound = 10n ** BigInt(before.digits - before.scale);
      return exact(column, before.scale, before.unsigned ? 0n : -bound, bound);
    }
    case 'float':
      return { value: column, harms: [] };
    case 'date':
      return exact(plus0, 0, 0n, 99_991_231n);
    case 'datetime':
    case 'timestamp':
      return exact(plus0, before.fraction, 0n, 99_991_231_235_960n);
    case 'time':
      return exact(plus0, before.fraction, -8_385_960n, 8_385_960n);
    case 'enum':
    case 'set': {
      const count = BigInt(before.members.length);
      const what = 'would become the number of the member';
      const harms = harmed('value-rewritten', what, `${column} IS NOT NULL`);
      return { ...exact(plus0, 0, 0n, before.family === 'enum' ? count : 2n ** count - 1n), harms };
    }
    case 'text':
    case 'binary':
      return textNumber(column, before, patterns[pattern]);
    default:
      return undefined;
  }
}

/** How much of a number's notation the server understands. */
export type NumberPattern = keyof typeof patterns;

const patterns = {
  digits: '^[[:space:]]*[+-]?[0-9]+[[:space:]]*$',
  any: '^[[:space:]]*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?[[:space:]]*$',
};

function textNumber(column: string, before: Kind, pattern: string): NumberSource {
  const text = asText(column, before);
  const isNumber = `${text} REGEXP '${pattern}'`;
  return {
    value: `IF(${isNumber},CAST(${text} AS DECIMAL(65,30)),NULL)`,
    harms: [
      ...harmed('not-a-number', 'cannot be read as a number', `NOT ${isNumber}`),
      ...harmed(
        'leading-zeros-lost',
        'would lose the zeros at the beginning',
        `${isNumber} AND ${text} REGEXP '^[[:space:]]*[+-]?0[0-9]'`,
      ),
    ],
  };
}

/** Functions on patterns do not take every charset, nor binary strings (MySQL 8, error 3995). */
export function asText(column: string, before: Kind): string {
  return before.family === 'binary' ? `CONVERT(${column} USING latin1)` : `CONVERT(${column} USING utf8mb4)`;
}
