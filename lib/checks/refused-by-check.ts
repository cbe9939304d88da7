import { findRows, type Question, rowColumn } from '../rows/question.js';
import { keyword, nameOf } from '../sql/cursor.js';
import { lex } from '../sql/lexer.js';
import { partsOf } from '../table/definition.js';
import { counted, oneLine } from '../text/human.js';
import { type ChangeFacts, columnPairs } from './check-facts.js';
import { type OnRows, onRows } from './on-rows.js';

/**
 * Rows that a new CHECK, or one that becomes another, would refuse. What is NULL passes (manual, "CHECK Constraints").
 * The rule is read from SHOW CREATE TABLE: information_schema.CHECK_CONSTRAINTS escapes its quotes once too often.
 */
export function refusedByCheck(facts: ChangeFacts): Question[] {
  const before = new Set(rulesOf(facts.probe.before.definition).map(({ expression }) => expression));
  return rulesOf(facts.probe.after.definition)
    .filter(({ expression }) => !before.has(expression))
    .flatMap((rule) => question(rule, facts));
}

interface Rule {
  name: string;
  expression: string;
}

/** MariaDB writes the CHECK of a column beside the column. */
function rulesOf(definition: string): Rule[] {
  return partsOf(definition, 'column', 'check').flatMap((part) => {
    if (part.what === 'check') return part.enforced ? [part] : [];
    return part.check === undefined ? [] : [{ name: part.name, expression: part.check }];
  });
}

function question({ name, expression }: Rule, facts: ChangeFacts): Question[] {
  const asked = jsonRule(expression, facts) ?? onRows(expression, facts);
  if (asked === 'asked-elsewhere') return [];
  const id = 'refused-by-check';
  const about = `whether rows break the rule ${name}, ${oneLine(expression, 200)}`;
  if ('why' in asked) return [{ kind: 'unknown', finding: { id, about }, why: asked.why }];
  const offends = `NOT (${asked.sql})`;
  return [
    {
      kind: 'rows',
      offends,
      finding: {
        id,
        level: 'danger',
        final: true,
        text: (count) =>
          `${counted(count, 'row')} ${count === 1 ? 'breaks' : 'break'} the rule ${name}: ${oneLine(expression, 200)}.`,
        fix: `Mend or delete them first. Find them: ${findRows(facts.table.name, offends)}`,
        about,
      },
    },
  ];
}

/** MariaDB's JSON is LONGTEXT with this rule; where the type changes as well, the conversion is asked about. */
function jsonRule(expression: string, facts: ChangeFacts): OnRows | 'asked-elsewhere' | undefined {
  const [verb, , token, end, ...more] = lex(expression);
  if (keyword(verb) !== 'JSON_VALID' || end?.text !== ')' || more.length > 0) return undefined;
  const name = token && nameOf(token)?.toLowerCase();
  const pair = columnPairs(facts).find(({ after }) => after.name.toLowerCase() === name);
  if (pair === undefined) return undefined;
  const { before, after } = pair;
  if (before.type !== after.type || before.charset !== after.charset) return 'asked-elsewhere';
  return { sql: `JSON_VALID(${rowColumn(before.name)})` };
}
