import type { Kind, KindOf } from '../../table/column-kind.js';
import { type Conversion, type Harm, harmed } from './harms.js';
import { asText, type NumberPattern, type NumberSource, numberOf } from './source-number.js';

/** Anything to a whole number. Halves are rounded up, silently, by both servers. */
export function toInteger(
  pair: Conversion & { after: KindOf<'integer' | 'bit' | 'year'> },
): Harm[] | undefined {
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
function patternFor({ after, server }: Conversion): NumberPattern {
  const isStrict = after.family === 'bit' || (after.family === 'integer' && server.flavor === 'mariadb');
  return isStrict ? 'digits' : 'any';
}

/** MySQL refuses a double beyond a signed BIGINT, even for an unsigned one (1292); MariaDB does not. */
function rangeOf({ before, after, server }: Conversion & { after: KindOf<'integer' | 'bit' | 'year'> }): {
  low: bigint;
  high: bigint;
} {
  if (after.family === 'year') return { low: 0n, high: 2155n };
  if (after.family === 'bit') return { low: 0n, high: 2n ** BigInt(after.bits) - 1n };
  const signed = before.family === 'float' && server.flavor === 'mysql';
  const most = 2n ** 63n - 1n;
  return signed && after.high > most ? { ...after, high: most } : after;
}

/** Manual, "The YEAR Type": 1901 to 2155, and 0; 1 to 99 are read as years of two digits. */
function toYear({ before, server }: Conversion, { value, scale }: NumberSource): Harm[] {
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
    ...harmed('value-rewritten', 'would be read as a year of two digits', `${rounded} BETWEEN 1 AND 99`),
    ...harmed('value-rounded', 'would be rounded to a whole number', scale !== 0 && `${value} <> ${rounded}`),
  ];
}

/**
 * Anything to a decimal. What does not fit behind the point is rounded with a note (1265), which a strict direct ALTER
 * ignores and gh-ost with --panic-on-warnings does not.
 */
export function toDecimal(pair: Conversion & { after: KindOf<'decimal'> }): Harm[] | undefined {
  const { before, after } = pair;
  const source = numberOf(pair);
  if (source === undefined) return undefined;
  const { value, scale, low, high } = source;
  const bound = 10n ** BigInt(after.digits - after.scale);
  const rounds = scale === undefined || scale > after.scale;
  const rounded = rounds ? `ROUND(${value},${after.scale})` : value;
  // Rounding up can need one digit more: 99.99 becomes 100.0.
  const mayBeTooGreat = high === undefined || high > bound || (rounds && high === bound);
  const mayBeTooLow = low === undefined || low < -bound || (rounds && low === -bound);
  return [
    ...source.harms,
    ...harmed(
      'value-out-of-range',
      `would not fit into decimal(${after.digits},${after.scale})`,
      mayBeTooGreat && `${rounded} >= ${bound}`,
      !after.unsigned && mayBeTooLow && `${rounded} <= -${bound}`,
      after.unsigned && (low === undefined || low < 0n) && `${value} < 0`,
    ),
    ...harmed(
      'value-rounded',
      `would be rounded to ${after.scale} digits after the point`,
      rounds && differs(before, value, rounded),
    ),
  ];
}

/** A binary fraction is seldom a decimal one: it is rounded only if reading it back gives another number. */
function differs(before: Kind, value: string, rounded: string): string {
  if (before.family !== 'float') return `${value} <> ${rounded}`;
  return `ABS(${value}-${rounded}) > ABS(${value})*${before.double ? '3e-16' : '6e-8'}`;
}

/** Anything to FLOAT (24 bits, 6 digits) or DOUBLE (53 bits, 15 digits), which silently keep what fits. */
export function toFloat(pair: Conversion & { after: KindOf<'float'> }): Harm[] | undefined {
  const { before, after } = pair;
  const source = numberOf(pair);
  if (source === undefined) return undefined;
  const { value, low } = source;
  const { fixed } = after;
  const rounded = fixed === undefined ? value : `ROUND(${value},${fixed.scale})`;
  return [
    ...source.harms,
    ...harmed(
      'value-out-of-range',
      `would not fit into ${nameOf(after)}`,
      tooGreat(pair, value, rounded),
      after.unsigned && (low === undefined || low < 0n) && `${value} < 0`,
    ),
    ...harmed(
      'value-rounded',
      `would be rounded to the digits of ${nameOf(after)}`,
      precisionLost(pair, source),
      fixed !== undefined && !isWithin(source, fixed.scale) && differs(before, value, rounded),
    ),
  ];
}

function nameOf({ double, fixed }: KindOf<'float'>): string {
  return `${double ? 'double' : 'float'}${fixed === undefined ? '' : `(${fixed.digits},${fixed.scale})`}`;
}

function tooGreat(
  { column, before, after }: Conversion & { after: KindOf<'float'> },
  value: string,
  rounded: string,
): string | undefined {
  const { fixed, double } = after;
  if (fixed !== undefined) return `ABS(${rounded}) >= 1e${fixed.digits - fixed.scale}`;
  const isText = before.family === 'text' || before.family === 'binary';
  const isWider = isText || (before.family === 'float' && before.double);
  if (!isWider) return undefined;
  if (double && !isText) return undefined;
  // A decimal ends at 1e35; what is too great for a double is read as the greatest.
  const number = isText ? `(${asText(column, before)}+0e0)` : rounded;
  const limit = double ? '>= 1.7976931348623157e308' : '> 3.402823466e38';
  return `${value} IS NOT NULL AND ABS(${number}) ${limit}`;
}

function isWithin({ scale }: NumberSource, fixedScale: number): boolean {
  return scale !== undefined && scale <= fixedScale;
}

/** Undefined: every value of the type is kept exactly. */
function precisionLost(
  { column, before, after }: Conversion & { after: KindOf<'float'> },
  { value, scale, low, high }: NumberSource,
): string | undefined {
  const { double } = after;
  if (before.family === 'float') {
    return double || !before.double ? undefined : `${asFloat(value)} <> ${value}`;
  }
  if (before.family === 'text' || before.family === 'binary') {
    return `${value} IS NOT NULL AND ${digitsOf(asText(column, before))} > ${double ? 15 : 6}`;
  }
  if (scale === undefined || low === undefined || high === undefined) return undefined;
  const digits = String(high > -low ? high : -low).length + scale;
  if (scale === 0 && fitsMantissa(low, high, double)) return undefined;
  if (digits <= (double ? 15 : 6)) return undefined;
  const number = `(${value}+0e0)`;
  const back = double ? number : asFloat(number);
  return `CAST(${back} AS DECIMAL(65,${scale})) <> ${value}`;
}

function fitsMantissa(low: bigint, high: bigint, double: boolean): boolean {
  const most = 2n ** (double ? 53n : 24n);
  return low >= -most && high <= most;
}

/**
 * A double rounded to the 24 bits of a float (Veltkamp's splitting): CAST … AS FLOAT exists from MySQL 8.0.17 on only.
 * Greater ones would make the product overflow, and are out of range anyway.
 */
function asFloat(value: string): string {
  const product = `${value}*536870913e0`;
  return `IF(ABS(${value}) < 3.402823466e38,${product}-(${product}-${value}),${value})`;
}

/** How many digits a number in text has, without zeros at its ends. */
function digitsOf(text: string): string {
  const mantissa = `SUBSTRING_INDEX(LOWER(TRIM(${text})),'e',1)`;
  const bare = ['-', '+', '.'].reduce((sql, char) => `REPLACE(${sql},'${char}','')`, mantissa);
  return `CHAR_LENGTH(TRIM(BOTH '0' FROM ${bare}))`;
}
