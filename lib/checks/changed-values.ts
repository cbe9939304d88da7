import { quoteName } from '../sql/names.js';
import { type Kind, kindOf } from '../table/column-kind.js';
import { partsOf } from '../table/definition.js';
import type { Column, TableShape } from '../table/shape.js';
import { counted } from '../text/human.js';
import { asText, type Conversion, type Harm, harmed, harms } from './conversions/harms.js';
import { toMembers } from './conversions/to-members.js';
import { toNumber } from './conversions/to-number.js';
import { toBinary, toText } from './conversions/to-text.js';
import { toMoment, toTime } from './conversions/to-time.js';
import { type ChangeFacts, type ColumnPair, columnPairs } from './shared/facts.js';
import type { Hazards, RowsAsked } from './shared/hazard.js';
import { unpredictable } from './shared/key-values.js';

/** Values that another type or charset would cut, round, refuse or change: a hazard for each kind of harm. */
export const conversionHazards: Hazards = {
  ...Object.fromEntries(
    Object.entries(harms).map(([id, harm]): [string, Hazards[string]] => [
      id,
      {
        ...harm,
        inRows: (facts) =>
          convertedColumns(facts).flatMap(({ pair, found = [] }) =>
            found.filter((each) => each.id === id).map((each) => harmAsked(pair, each)),
          ),
      },
    ]),
  ),
  'conversion-not-checked': {
    level: 'unknown',
    inRows: (facts) =>
      convertedColumns(facts)
        .filter(({ found }) => found === undefined)
        .map(({ pair: { before, after } }) => ({
          about: `what becomes of the values of ${before.name}`,
          why: unpredictable(before, after),
          fix: 'Try the change on a copy of the table first.',
        })),
  },
};

/** A generated column is computed again; one that no longer is generated keeps its values. */
function convertedColumns(facts: ChangeFacts): { pair: ColumnPair; found: Harm[] | undefined }[] {
  const { server, probe } = facts;
  return columnPairs(facts)
    .filter(
      ({ before, after }) =>
        !after.generated && (before.type !== after.type || before.charset !== after.charset),
    )
    .map((pair) => {
      const { before, after } = pair;
      // MariaDB's JSON is LONGTEXT with a CHECK (knowledge base, "JSON Data Type").
      const isMadeJson =
        server.flavor === 'mariadb' && isJson(probe.after, after) && !isJson(probe.before, before);
      const found = harmsOf({
        column: quoteName(before.name),
        before: kindOf(before),
        after: isMadeJson ? { family: 'json' } : kindOf(after),
        server,
      });
      return { pair, found };
    });
}

function isJson({ definition }: TableShape, { name }: Column): boolean {
  const column = partsOf(definition, 'column').find((each) => each.name === name);
  return column?.check?.includes(`json_valid(${quoteName(name)})`) ?? false;
}

function harmAsked({ before, after }: ColumnPair, { offends, what }: Harm): RowsAsked {
  const change =
    before.type === after.type ? `${before.charset} to ${after.charset}` : `${before.type} to ${after.type}`;
  return {
    offends,
    text: (count) => `${counted(count, 'value')} of ${before.name} ${what} (${change}).`,
    fix: 'Fix them first.',
    about: `whether values of ${before.name} ${what}`,
  };
}

/** What a conversion can do to a value, with a predicate for each; undefined if the effect cannot be predicted. */
export function harmsOf(pair: Conversion): Harm[] | undefined {
  const { after, before } = pair;
  if (isSame(before, after)) return [];
  switch (after.family) {
    case 'integer':
    case 'bit':
    case 'year':
    case 'decimal':
    case 'float':
      return toNumber({ ...pair, after });
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
    case 'decimal': {
      const back = `CAST((${column}+0e0) AS DECIMAL(65,${before.scale}))`;
      const isRounded = before.digits > 15 && `${back} <> ${column}`;
      return harmed('value-rounded', 'would be rounded to the digits of a double', isRounded);
    }
    case 'text':
      return harmed('not-json', 'cannot be read as JSON', `JSON_VALID(${asText(column, before)}) = 0`);
    default:
      return undefined;
  }
}
