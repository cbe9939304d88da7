import type { Kind } from '../../table/column-kind.js';
import { type Conversion, type Harm, harmed } from './harms.js';
import { asText } from './source-number.js';
import { toMembers } from './to-members.js';
import { toDecimal, toFloat, toInteger } from './to-number.js';
import { toBinary, toText } from './to-text.js';
import { toMoment, toTime } from './to-time.js';

/** What a conversion can do to a value, with a predicate for each; undefined if the effect cannot be predicted. */
export function harmsOf(pair: Conversion): Harm[] | undefined {
  const { after, before } = pair;
  if (isSame(before, after)) return [];
  switch (after.family) {
    case 'integer':
    case 'bit':
    case 'year':
      return toInteger({ ...pair, after });
    case 'decimal':
      return toDecimal({ ...pair, after });
    case 'float':
      return toFloat({ ...pair, after });
    case 'text':
      return toText({ ...pair, after });
    case 'binary':
      return toBinary({ ...pair, after });
    case 'date':
    case 'datetime':
    case 'timestamp':
      return toMoment({ ...pair, after });
    case 'time':
      return toTime({ ...pair, after });
    case 'enum':
    case 'set':
      return toMembers({ ...pair, after });
    case 'json':
      return toJson(pair);
    case 'other':
      return undefined;
  }
}

/** Nothing is converted. An unknown type is the same only if it has the same name. */
function isSame(before: Kind, after: Kind): boolean {
  const text = (kind: Kind) =>
    JSON.stringify(kind, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return text(before) === text(after);
}

/** Text has to be JSON; numbers become JSON numbers. MySQL refuses binary strings (3144) whatever they contain. */
function toJson({ column, before }: Conversion): Harm[] | undefined {
  switch (before.family) {
    case 'json':
    case 'integer':
      return [];
    case 'decimal':
      return harmed(
        'value-rounded',
        'would be rounded to the digits of a double',
        before.digits > 15 && `CAST((${column}+0e0) AS DECIMAL(65,${before.scale})) <> ${column}`,
      );
    case 'text':
      return harmed('not-json', 'cannot be read as JSON', `JSON_VALID(${asText(column, before)}) = 0`);
    default:
      return undefined;
  }
}
