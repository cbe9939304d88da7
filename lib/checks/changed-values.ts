import { quoteName } from '../sql/names.js';
import { kindOf } from '../table/column-kind.js';
import { partsOf } from '../table/definition.js';
import type { Column } from '../table/shape.js';
import { counted } from '../text/human.js';
import { harmsOf } from './conversions/conversion.js';
import { type Harm, harms } from './conversions/harms.js';
import { type ChangeFacts, type ColumnPair, columnPairs } from './shared/facts.js';
import type { Hazard, RowsAsked } from './shared/hazard.js';

/** Values that another type or charset would cut, round, refuse or change: a hazard for each kind of harm. */
export const changedValues: readonly Hazard[] = Object.entries(harms).map(([id, { level, final }]) => ({
  id,
  level,
  ...(final && { final }),
  inRows: (facts) =>
    convertedColumns(facts).flatMap((pair) =>
      (harmsIn(pair, facts) ?? []).filter((harm) => harm.id === id).map((harm) => harmAsked(pair, harm)),
    ),
}));

export const conversionNotChecked: Hazard = {
  id: 'conversion-not-checked',
  level: 'unknown',
  inRows: (facts) =>
    convertedColumns(facts)
      .filter((pair) => harmsIn(pair, facts) === undefined)
      .map(({ before, after }) => ({
        about: `what becomes of the values of ${before.name}`,
        why: `the effect of a conversion from ${before.type} to ${after.type} cannot be predicted`,
        fix: 'Try the change on a copy of the table first.',
      })),
};

/** A generated column is computed again; one that no longer is generated keeps its values. */
function convertedColumns(facts: ChangeFacts): ColumnPair[] {
  return columnPairs(facts).filter(
    ({ before, after }) =>
      !after.generated && (before.type !== after.type || before.charset !== after.charset),
  );
}

function harmsIn({ before, after }: ColumnPair, { server, probe }: ChangeFacts): Harm[] | undefined {
  // MariaDB's JSON is LONGTEXT with a CHECK (knowledge base, "JSON Data Type").
  const becomesJson =
    server.flavor === 'mariadb' &&
    isJson(probe.after.definition, after) &&
    !isJson(probe.before.definition, before);
  return harmsOf({
    column: quoteName(before.name),
    before: kindOf(before),
    after: becomesJson ? { family: 'json' } : kindOf(after),
    server,
  });
}

function isJson(definition: string, { name }: Column): boolean {
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
