import type { Kind, KindOf } from './kind.js';
import { asText, type NumberSource, numberOf } from './number.js';
import { type Harm, harmed, type Pair } from './pair.js';

/** Anything to FLOAT (24 bits, 6 digits) or DOUBLE (53 bits, 15 digits), which keep what fits and say nothing. */
export function toFloat(pair: Pair & { after: KindOf<'float'> }): Harm[] | undefined {
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
      fixed !== undefined && !isWithin(source, fixed.scale) && roundedAway(before, value, rounded),
    ),
  ];
}

function nameOf({ double, fixed }: KindOf<'float'>): string {
  return `${double ? 'double' : 'float'}${fixed === undefined ? '' : `(${fixed.digits},${fixed.scale})`}`;
}

function tooGreat(
  { column, before, after }: Pair & { after: KindOf<'float'> },
  value: string,
  rounded: string,
): string | undefined {
  const { fixed, double } = after;
  if (fixed !== undefined) return `ABS(${rounded}) >= 1e${fixed.digits - fixed.scale}`;
  const isText = before.family === 'text' || before.family === 'binary';
  const isWider = isText || (before.family === 'float' && before.double);
  if (!isWider) return undefined;
  // A decimal ends at 1e35; what is too great for a double is read as the greatest.
  const number = isText ? `(${asText(column, before)}+0e0)` : rounded;
  return double
    ? isText
      ? `${value} IS NOT NULL AND ABS(${number}) >= 1.7976931348623157e308`
      : undefined
    : `${value} IS NOT NULL AND ABS(${number}) > 3.402823466e38`;
}

function isWithin({ scale }: NumberSource, fixedScale: number): boolean {
  return scale !== undefined && scale <= fixedScale;
}

function roundedAway(before: Kind, value: string, rounded: string): string {
  const tolerance = before.family === 'float' ? (before.double ? '3e-16' : '6e-8') : '0';
  return `ABS(${value}-${rounded}) > ABS(${value})*${tolerance}`;
}

/** Undefined: every value of the type comes back as it was. */
function precisionLost(
  { column, before, after }: Pair & { after: KindOf<'float'> },
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
