import type { Kind } from './kind.js';
import type { Harm, Pair } from './pair.js';
import { toBinary } from './to-binary.js';
import { toDecimal } from './to-decimal.js';
import { toFloat } from './to-float.js';
import { toInteger } from './to-integer.js';
import { toJson } from './to-json.js';
import { toMembers } from './to-members.js';
import { toMoment } from './to-moment.js';
import { toText } from './to-text.js';
import { toTime } from './to-time.js';

/** What a conversion can do to a value, with a predicate for each; undefined where it cannot be judged. */
export function harmsOf(pair: Pair): Harm[] | undefined {
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

/** Of the same type nothing is converted; what is not known is the same only where it has the same name. */
function isSame(before: Kind, after: Kind): boolean {
  const text = (kind: Kind) =>
    JSON.stringify(kind, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return text(before) === text(after);
}
