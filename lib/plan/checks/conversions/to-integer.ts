import type { KindOf } from './kind.js';
import { type NumberPattern, type NumberSource, numberOf } from './number.js';
import { type Harm, harmed, type Pair } from './pair.js';

/** Anything to a whole number. Halves are rounded up, silently, by both servers. */
export function toInteger(pair: Pair & { after: KindOf<'integer' | 'bit' | 'year'> }): Harm[] | undefined {
  const { after } = pair;
  const source = numberOf(pair, patternFor(pair));
  if (source === undefined) return undefined;
  if (after.family === 'year') return [...source.harms, ...toYear(pair, source)];
  const range = rangeOf(pair);
  const rounds = source.scale !== 0;
  const value = rounds ? `ROUND(${source.value})` : source.value;
  return [
    ...source.harms,
    ...harmed(
      'value-out-of-range',
      `would not fit between ${range.low} and ${range.high}`,
      (source.low === undefined || source.low < range.low) && `${value} < ${range.low}`,
      (source.high === undefined || source.high > range.high) && `${value} >= ${range.high + 1n}`,
    ),
    ...harmed('value-rounded', 'would be rounded to a whole number', rounds && `${source.value} <> ${value}`),
  ];
}

/** MariaDB reads no point and no exponent into a whole number, and neither server reads one into a BIT. */
function patternFor({ after, server }: Pair): NumberPattern {
  const isStrict = after.family === 'bit' || (after.family === 'integer' && server.flavor === 'mariadb');
  return isStrict ? 'digits' : 'any';
}

/** MySQL takes no double beyond a signed BIGINT, not even into an unsigned one (1292); MariaDB does. */
function rangeOf({ before, after, server }: Pair & { after: KindOf<'integer' | 'bit' | 'year'> }): {
  low: bigint;
  high: bigint;
} {
  if (after.family === 'year') return { low: 0n, high: 2155n };
  if (after.family === 'bit') return { low: 0n, high: 2n ** BigInt(after.bits) - 1n };
  const signed = before.family === 'float' && server.flavor === 'mysql';
  const most = 2n ** 63n - 1n;
  return signed && after.high > most ? { ...after, high: most } : after;
}

/** Manual, "The YEAR Type": 1901 to 2155, and 0; 1 to 99 are taken for years of two digits. */
function toYear({ before, server }: Pair, { value, scale }: NumberSource): Harm[] {
  if (before.family === 'year') return [];
  const moments = ['date', 'datetime', 'timestamp', 'time'];
  if (moments.includes(before.family)) {
    // Neither server takes the year out of a date: it reads 20240102 as a year.
    const zeroPasses = server.flavor === 'mysql';
    return harmed(
      'value-out-of-range',
      'would be read as a number, which is no year',
      zeroPasses ? `${value} <> 0` : `${value} IS NOT NULL`,
    );
  }
  const rounded = scale === 0 ? value : `ROUND(${value})`;
  return [
    ...harmed(
      'value-out-of-range',
      'would be no year between 1901 and 2155',
      `${rounded} < 0`,
      `${rounded} BETWEEN 100 AND 1900`,
      `${rounded} > 2155`,
    ),
    ...harmed('value-rewritten', 'would be taken for a year of two digits', `${rounded} BETWEEN 1 AND 99`),
    ...harmed('value-rounded', 'would be rounded to a whole number', scale !== 0 && `${value} <> ${rounded}`),
  ];
}
