import type { Kind } from '../../table/column-kind.js';
import { type Conversion, type Harm, harmed } from './harms.js';

/** A value of any type as the number that a conversion would make of it. */
export interface NumberSource {
  /** An SQL expression; NULL where the text is no number. */
  value: string;
  /** What would be harmed by reading it as a number. */
  harms: Harm[];
  /** Digits before and after the point that it can have; absent of what is not exact. */
  scale?: number;
  /** Greatest and least that the type can hold, where the type tells. */
  low?: bigint;
  high?: bigint;
}

/** Undefined where it is not known how the server reads it. */
export function numberOf(
  { column, before }: Conversion,
  pattern: NumberPattern = 'any',
): NumberSource | undefined {
  switch (before.family) {
    case 'integer':
      return { value: column, harms: [], scale: 0, low: before.low, high: before.high };
    case 'bit':
      return { value: `(${column}+0)`, harms: [], scale: 0, low: 0n, high: 2n ** BigInt(before.bits) - 1n };
    case 'year':
      return { value: `(${column}+0)`, harms: [], scale: 0, low: 0n, high: 2155n };
    case 'decimal': {
      const bound = 10n ** BigInt(before.digits - before.scale);
      return {
        value: column,
        harms: [],
        scale: before.scale,
        low: before.unsigned ? 0n : -bound,
        high: bound,
      };
    }
    case 'float':
      return { value: column, harms: [] };
    case 'date':
      return { value: `(${column}+0)`, harms: [], scale: 0, low: 0n, high: 99_991_231n };
    case 'datetime':
    case 'timestamp':
      return {
        value: `(${column}+0)`,
        harms: [],
        scale: before.fraction,
        low: 0n,
        high: 99_991_231_235_960n,
      };
    case 'time':
      return {
        value: `(${column}+0)`,
        harms: [],
        scale: before.fraction,
        low: -8_385_960n,
        high: 8_385_960n,
      };
    case 'enum':
    case 'set':
      return {
        value: `(${column}+0)`,
        harms: harmed('value-rewritten', 'would become the number of the member', `${column} IS NOT NULL`),
        scale: 0,
        low: 0n,
        high:
          before.family === 'enum' ? BigInt(before.members.length) : 2n ** BigInt(before.members.length) - 1n,
      };
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
