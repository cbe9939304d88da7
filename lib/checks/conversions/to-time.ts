import { lastTimestampSecond } from '../../inspect/capabilities.js';
import type { KindOf } from '../../table/column-kind.js';
import { asText, type Conversion, type Harm, harmed } from './harms.js';

type ToMoment = Conversion<KindOf<'date' | 'datetime' | 'timestamp'>>;

/** Anything to DATE, DATETIME or TIMESTAMP. Zero dates are a hazard of their own: every copy has to write them again. */
export function toMoment(pair: ToMoment): Harm[] | undefined {
  const { column, before, after } = pair;
  switch (before.family) {
    case 'date':
      return outOfRange(pair, column);
    case 'datetime':
    case 'timestamp':
      return [...outOfRange(pair, column), ...cutOff(column, before.fraction, after)];
    case 'time': {
      const all = `${column} IS NOT NULL`;
      // The server adds the day on which the change runs.
      if (after.family === 'date') return harmed('value-rounded', 'would become the day of the change', all);
      return [
        ...harmed('value-rewritten', 'would get the day of the change, or one near it', all),
        ...cutOff(column, before.fraction, after),
      ];
    }
    case 'integer':
      return ofNumber(pair);
    case 'text':
      return ofText(pair, asText(column, before));
    default:
      return undefined;
  }
}

/** @param moment a date or datetime */
function outOfRange({ before, after, server }: ToMoment, moment: string): Harm[] {
  const fraction = after.family === 'date' ? 0 : after.fraction;
  const rounded = `CAST(${moment} AS DATETIME(${fraction}))`;
  if (after.family !== 'timestamp') {
    const rounds = before.family === 'datetime' && before.fraction > fraction && server.flavor === 'mysql';
    const isBeyond = rounds && `${moment} IS NOT NULL AND ${rounded} IS NULL`;
    return harmed('value-out-of-range', 'would be rounded beyond the year 9999', isBeyond);
  }
  if (before.family === 'timestamp') return [];
  const seconds = `UNIX_TIMESTAMP(${rounded})`;
  return harmed(
    'value-out-of-range',
    'cannot be held by a timestamp in this time zone (it ends in 1970 and 2038)',
    // An hour that summer time skips does not convert back to itself. A zero date passes, if the sql_mode allows it.
    `${moment}+0 <> 0 AND (COALESCE(${seconds},0) < 1 OR ${seconds} > ${lastTimestampSecond(server)} OR NOT (FROM_UNIXTIME(${seconds}) <=> ${rounded}))`,
  );
}

/** What a smaller target leaves out. MySQL rounds the fraction, MariaDB cuts it. @param fraction digits of the seconds */
function cutOff(
  moment: string,
  fraction: number,
  after: KindOf<'date' | 'datetime' | 'timestamp' | 'time'>,
): Harm[] {
  if (after.family === 'date') {
    return harmed('value-rounded', 'would lose the time of day', `TIME(${moment}) <> 0`);
  }
  const isCut = fraction > after.fraction && `MICROSECOND(${moment}) % ${10 ** (6 - after.fraction)} <> 0`;
  return harmed('value-rounded', 'would lose digits of the seconds', isCut);
}

/** 20240102 is read as a date, 20240102030405 as a moment. */
function ofNumber(pair: ToMoment): Harm[] {
  const { column, after, server } = pair;
  // MySQL reads the digits: 10101 becomes 2010-10-01, although CAST of the number gives 2001-01-01.
  const read = `CAST(${server.flavor === 'mysql' ? `CONCAT(${column})` : column} AS DATETIME)`;
  const isOther = `${read}+0 <> ${column} AND ${read}+0 <> ${column}*1000000`;
  return [
    ...harmed('not-a-date', 'cannot be read as a date', `${column} IS NOT NULL AND ${read} IS NULL`),
    ...(after.family === 'timestamp' ? outOfRange(pair, read) : []),
    ...harmed('value-rewritten', 'would be read as a date that the digits do not spell', isOther),
    ...cutOff(read, 0, after),
  ];
}

function ofText(pair: ToMoment, text: string): Harm[] {
  const read = `CAST(${text} AS DATETIME(6))`;
  return [
    // CAST reads as far as it can; a column refuses what follows.
    ...harmed(
      'not-a-date',
      'cannot be read as a date',
      `${text} IS NOT NULL AND ${read} IS NULL`,
      `${text} REGEXP '[^0-9T[:punct:][:space:]]|[0-9][[:space:]]+[^0-9[:space:]]'`,
    ),
    ...(pair.after.family === 'timestamp' ? outOfRange(pair, read) : []),
    ...cutOff(read, 6, pair.after),
  ];
}

/** Anything to TIME. */
export function toTime({ column, before, after }: Conversion<KindOf<'time'>>): Harm[] | undefined {
  switch (before.family) {
    case 'time':
      return cutOff(column, before.fraction, after);
    case 'date':
    case 'datetime':
    case 'timestamp':
      return dateLost(`${column} IS NOT NULL`);
    case 'integer':
      return timeOfNumber(column);
    case 'text':
      return timeOfText(asText(column, before), after);
    default:
      return undefined;
  }
}

function dateLost(condition: string): Harm[] {
  return harmed('value-rounded', 'would lose the date', condition);
}

/** 102030 is read as 10:20:30, and what has more than ten digits as a moment. */
function timeOfNumber(column: string): Harm[] {
  const [seconds, minutes] = [`ABS(${column}) % 100`, `FLOOR(ABS(${column})/100) % 100`];
  const isMoment = `${column} >= 10000000000 AND CAST(${column} AS DATETIME) IS NOT NULL`;
  const isTime = `ABS(${column}) <= 8385959 AND ${seconds} < 60 AND ${minutes} < 60`;
  return [
    ...harmed('not-a-time', 'cannot be read as a time', `NOT (${isTime}) AND NOT (${isMoment})`),
    ...dateLost(isMoment),
  ];
}

function timeOfText(text: string, after: KindOf<'time'>): Harm[] {
  const read = `CAST(${text} AS TIME(6))`;
  return [
    ...harmed(
      'not-a-time',
      'cannot be read as a time',
      `${text} IS NOT NULL AND ${read} IS NULL`,
      `${text} REGEXP '[^0-9:. -]|-.*-|^[[:space:]]*$'`,
      `ABS(HOUR(${read})) >= 838 AND NOT (${text} LIKE '%838%')`,
    ),
    ...dateLost(`${text} LIKE '%-%-%' AND ${read} IS NOT NULL`),
    ...cutOff(read, 6, after),
  ];
}
