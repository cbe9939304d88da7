import type { Question } from '../rows/question.js';
import { quoteName, quoteTable } from '../sql/names.js';
import { partsOf } from '../table/definition.js';
import type { Column } from '../table/shape.js';
import { counted } from '../text/human.js';
import { type ChangeFacts, type ColumnPair, columnPairs } from './check-facts.js';
import { harmsOf } from './conversions/harms.js';
import { type Harm, harms, type Kind, kindOf } from './conversions/pair.js';

/** Values that another type or charset would cut, round, refuse or change: a question for each way of harm. */
export function changedValues(facts: ChangeFacts): Question[] {
  return columnPairs(facts)
    .filter(({ before, after }) => isConverted(before, after))
    .flatMap((pair) => questionsOn(facts, pair));
}

/** The values of a generated column are computed anew; those of one that no longer is are kept as they are. */
function isConverted(before: Column, after: Column): boolean {
  return !after.generated && (before.type !== after.type || before.charset !== after.charset);
}

function questionsOn(facts: ChangeFacts, { before, after }: ColumnPair): Question[] {
  const pair = {
    column: quoteName(before.name),
    before: kindOf(before),
    after:
      isJsonOfMariadb(facts, after) && !isJson(facts.probe.before.definition, before) ? json : kindOf(after),
    server: facts.server,
  };
  const found = harmsOf(pair);
  if (found === undefined) return [notJudged(before, after)];
  return found.map((harm) => question(facts, before, after, harm));
}

const json: Kind = { family: 'json' };

/** JSON is LONGTEXT with a CHECK there (knowledge base, "JSON Data Type"). */
function isJsonOfMariadb({ server, probe }: ChangeFacts, column: Column): boolean {
  return server.flavor === 'mariadb' && isJson(probe.after.definition, column);
}

function isJson(definition: string, { name }: Column): boolean {
  const column = partsOf(definition, 'column').find((each) => each.name === name);
  return column?.check?.includes(`json_valid(${quoteName(name)})`) ?? false;
}

function question(
  { table }: ChangeFacts,
  before: Column,
  after: Column,
  { id, offends, what }: Harm,
): Question {
  const { level, final } = harms[id];
  const { name } = before;
  const change =
    before.type === after.type ? `${before.charset} to ${after.charset}` : `${before.type} to ${after.type}`;
  return {
    kind: 'rows',
    offends,
    finding: {
      id,
      level,
      ...(final && { final }),
      text: (count) => `${counted(count, 'value')} of ${name} ${what} (${change}).`,
      fix: `Find them and mend them first: SELECT ${quoteName(name)} FROM ${quoteTable(table.name)} WHERE ${offends}`,
      about: `whether values of ${name} ${what}`,
    },
  };
}

function notJudged(before: Column, after: Column): Question {
  return {
    kind: 'unknown',
    finding: {
      id: 'conversion-not-checked',
      about: `what becomes of the values of ${before.name}`,
      fix: 'Try the change on a copy of the table first.',
    },
    why: `a conversion from ${before.type} to ${after.type} cannot be judged beforehand`,
  };
}
