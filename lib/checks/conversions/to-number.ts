import type { Kind, KindOf } from '../../table/column-kind.js';
import { asText, type Conversion, type Harm, harmed } from './harms.js';

type WholeNumber = KindOf<'integer' | 'bit'>;

/** Anything to a number. */
export function toNumber(
  pair: Conversion<KindOf<'integer' | 'bit' | 'year' | 'decimal' | 'float'>>,
): Harm[] | undefined {
  const { after } = pair;
  const source = numberOf(pair);
  if (source === undefined) return undefined;
  switch (after.family) {
    case 'year':
      return [...source.harms, ...toYear(pair, source)];
    case 'decimal':
      return [...source.harms, ...toDecimal(pair.before, after, source)];
    case 'float':
      return [...source.harms, ...toFloat({ ...pair, after }, source)];
    default:
      return [...source.harms, ...toWholeNumber({ ...pair, after }, source)];
  }
}

/** A value of any type as the number that a conversion would make of it. */
interface NumberSource {
  /** An SQL expression; NULL if the text is no number. */
  value: string;
  /** What reading it as a number would harm. */
  harms: Harm[];
  /** Digits that it can have after the point; infinite if it is not exact. */
  scale: number;
  /** Least and greatest that the type can hold. */
  low: bigint | number;
  high: bigint | number;
}

const inexact = {
  scale: Number.POSITIVE_INFINITY,
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
};

/** Undefined if it is unknown how the server reads it. */
function numberOf(pair: Conversion): NumberSource | undefined {
  const { column, before } = pair;
  const exact = (value: string, scale: number, low: bigint, high: bigint) => ({
    value,
    harms: [],
    scale,
    low,
    high,
  });
  const plus0 = `(${column}+0)`;
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
      return { value: column, harms: [], ...inexact };
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
      return textNumber(pair);
    default:
      return undefined;
  }
}

function textNumber({ column, before, after, server }: Conversion): NumberSource {
  const text = asText(column, before);
  // MariaDB reads no point and no exponent into a whole number, and neither server reads one into a BIT.
  const isWhole = after.family === 'bit' || (after.family === 'integer' && server.flavor === 'mariadb');
  const digits = isWhole ? '[0-9]+' : '([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?';
  const isNumber = `${text} REGEXP '^[[:space:]]*[+-]?${digits}[[:space:]]*$'`;
  const hasZeros = `${isNumber} AND ${text} REGEXP '^[[:space:]]*[+-]?0[0-9]'`;
  return {
    value: `IF(${isNumber},CAST(${text} AS DECIMAL(65,30)),NULL)`,
    harms: [
      ...harmed('not-a-number', 'cannot be read as a number', `NOT ${isNumber}`),
      ...harmed('leading-zeros-lost', 'would lose the zeros at the beginning', hasZeros),
    ],
    ...inexact,
  };
}

/** Halves are rounded up, silently, by both servers. */
function toWholeNumber(pair: Conversion<WholeNumber>, source: NumberSource): Harm[] {
  const range = rangeOf(pair);
  const rounds = source.scale !== 0;
  const value = rounds ? `ROUND(${source.value})` : source.value;
  return [
    ...harmed(
      'value-out-of-range',
      `would not fit between ${range.low} and ${range.high}`,
      source.low < range.low && `${value} < ${range.low}`,
      source.high > range.high && `${value} >= ${range.high + 1n}`,
    ),
    ...harmed('value-rounded', 'would be rounded to a whole number', rounds && `${source.value} <> ${value}`),
  ];
}

/** MySQL refuses a double beyond a signed BIGINT, even for an unsigned one (1292); MariaDB does not. */
function rangeOf({ before, after, server }: Conversion<WholeNumber>): { low: bigint; high: bigint } {
  if (after.family === 'bit') return { low: 0n, high: 2n ** BigInt(after.bits) - 1n };
  const most = 2n ** 63n - 1n;
  const isSigned = before.family === 'float' && server.flavor === 'mysql';
  return isSigned && after.high > most ? { ...after, high: most } : after;
}

/** Manual, "The YEAR Type": 1901 to 2155, and 0; 1 to 99 are read as years of two digits. */
function toYear({ before, server }: Conversion, { value, scale }: NumberSource): Harm[] {
  if (before.family === 'year') return [];
  if (['date', 'datetime', 'timestamp', 'time'].includes(before.family)) {
    // Neither server takes the year out of a date: it reads 20240102 as a year. Only MySQL lets a zero pass.
    const offends = server.flavor === 'mysql' ? `${value} <> 0` : `${value} IS NOT NULL`;
    return harmed('value-out-of-range', 'would be read as a number, which is no year', offends);
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
 * What does not fit behind the point is rounded with a note (1265), which a strict direct ALTER ignores and gh-ost with
 * --panic-on-warnings does not.
 */
function toDecimal(
  before: Kind,
  { digits, scale, unsigned }: KindOf<'decimal'>,
  { value, low, high, ...source }: NumberSource,
): Harm[] {
  const bound = 10n ** BigInt(digits - scale);
  const rounds = source.scale > scale;
  const rounded = rounds ? `ROUND(${value},${scale})` : value;
  // Rounding up can need one digit more: 99.99 becomes 100.0.
  const mayBeTooGreat = high > bound || (rounds && high === bound);
  const mayBeTooLow = low < -bound || (rounds && low === -bound);
  return [
    ...harmed(
      'value-out-of-range',
      `would not fit into decimal(${digits},${scale})`,
      mayBeTooGreat && `${rounded} >= ${bound}`,
      !unsigned && mayBeTooLow && `${rounded} <= -${bound}`,
      unsigned && low < 0n && `${value} < 0`,
    ),
    ...harmed(
      'value-rounded',
      `would be rounded to ${scale} digits after the point`,
      rounds && differs(before, value, rounded),
    ),
  ];
}

/** A binary fraction is seldom a decimal one: it is rounded only if reading it back gives another number. */
function differs(before: Kind, value: string, rounded: string): string {
  if (before.family !== 'float') return `${value} <> ${rounded}`;
  return `ABS(${value}-${rounded}) > ABS(${value})*${before.double ? '3e-16' : '6e-8'}`;
}

/** FLOAT (24 bits, 6 digits) and DOUBLE (53 bits, 15 digits) silently keep what fits. */
function toFloat(pair: Conversion<KindOf<'float'>>, source: NumberSource): Harm[] {
  const { before, after } = pair;
  const { value, low, scale } = source;
  const { fixed, unsigned, double } = after;
  const rounded = fixed === undefined ? value : `ROUND(${value},${fixed.scale})`;
  const type = `${double ? 'double' : 'float'}${fixed === undefined ? '' : `(${fixed.digits},${fixed.scale})`}`;
  return [
    ...harmed(
      'value-out-of-range',
      `would not fit into ${type}`,
      tooGreat(pair, value, rounded),
      unsigned && low < 0n && `${value} < 0`,
    ),
    ...harmed(
      'value-rounded',
      `would be rounded to the digits of ${type}`,
      precisionLost(pair, source),
      fixed !== undefined && scale > fixed.scale && differs(before, value, rounded),
    ),
  ];
}

/** False: no value of the type is. */
function tooGreat(
  { column, before, after }: Conversion<KindOf<'float'>>,
  value: string,
  rounded: string,
): string | false {
  const { fixed, double } = after;
  if (fixed !== undefined) return `ABS(${rounded}) >= 1e${fixed.digits - fixed.scale}`;
  const isText = before.family === 'text' || before.family === 'binary';
  const isDouble = before.family === 'float' && before.double;
  // A decimal ends at 1e35; what is too great for a double is read as the greatest.
  const number = isText ? `(${asText(column, before)}+0e0)` : rounded;
  const limit = double ? '>= 1.7976931348623157e308' : '> 3.402823466e38';
  return (isText || (isDouble && !double)) && `${value} IS NOT NULL AND ABS(${number}) ${limit}`;
}

/** False: every value of the type is kept exactly. */
function precisionLost(
  { column, before, after: { double } }: Conversion<KindOf<'float'>>,
  { value, scale, low, high }: NumberSource,
): string | false {
  const most = double ? 15 : 6;
  if (before.family === 'float') return !double && before.double && `${asFloat(value)} <> ${value}`;
  if (before.family === 'text' || before.family === 'binary') {
    return `${value} IS NOT NULL AND ${digitsOf(asText(column, before))} > ${most}`;
  }
  const greatest = high > -low ? high : -low;
  const fitsMantissa = scale === 0 && greatest <= 2n ** (double ? 53n : 24n);
  if (fitsMantissa || String(greatest).length + scale <= most) return false;
  const number = `(${value}+0e0)`;
  return `CAST(${double ? number : asFloat(number)} AS DECIMAL(65,${scale})) <> ${value}`;
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
