import type { KindOf } from './kind.js';
import { asText } from './number.js';
import { type Harm, harmed, type Pair } from './pair.js';

/** Anything to TIME. */
export function toTime({ column, before, after }: Pair & { after: KindOf<'time'> }): Harm[] | undefined {
  const digits = (moment: string) => `MICROSECOND(${moment}) % ${10 ** (6 - after.fraction)} <> 0`;
  switch (before.family) {
    case 'time':
      return harmed(
        'value-rounded',
        'would lose digits of the seconds',
        before.fraction > after.fraction && digits(column),
      );
    case 'date':
    case 'datetime':
    case 'timestamp':
      return harmed('value-rounded', 'would lose the date', `${column} IS NOT NULL`);
    case 'integer':
      return ofNumber(column);
    case 'text':
      return ofText(asText(column, before), digits);
    default:
      return undefined;
  }
}

/** 102030 is read as 10:20:30, and what has more than ten digits as a moment. */
function ofNumber(column: string): Harm[] {
  const [seconds, minutes] = [`ABS(${column}) % 100`, `FLOOR(ABS(${column})/100) % 100`];
  const isMoment = `${column} >= 10000000000 AND CAST(${column} AS DATETIME) IS NOT NULL`;
  const isTime = `ABS(${column}) <= 8385959 AND ${seconds} < 60 AND ${minutes} < 60`;
  return [
    ...harmed('not-a-time', 'cannot be read as a time', `NOT (${isTime}) AND NOT (${isMoment})`),
    ...harmed('value-rounded', 'would lose the date', isMoment),
  ];
}

function ofText(text: string, digits: (moment: string) => string): Harm[] {
  const read = `CAST(${text} AS TIME(6))`;
  return [
    ...harmed(
      'not-a-time',
      'cannot be read as a time',
      `${text} IS NOT NULL AND ${read} IS NULL`,
      `${text} REGEXP '[^0-9:. -]|-.*-|^[[:space:]]*$'`,
      `ABS(HOUR(${read})) >= 838 AND NOT (${text} LIKE '%838%')`,
    ),
    ...harmed('value-rounded', 'would lose the date', `${text} LIKE '%-%-%' AND ${read} IS NOT NULL`),
    ...harmed('value-rounded', 'would lose digits of the seconds', digits(read)),
  ];
}
