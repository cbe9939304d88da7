import { rowColumn } from '../rows/question.js';
import { lex } from '../sql/lexer.js';
import { keyword, nameOf } from '../sql/tokens.js';
import { partsOf } from '../table/definition.js';
import { oneLine } from '../text/human.js';
import { type OnRows, onRows } from './shared/expressions.js';
import { type ChangeFacts, columnPairs, isSameName, rowsThat } from './shared/facts.js';
import type { Hazard, RowsAsked } from './shared/hazard.js';

/**
 * Rows that a new or changed CHECK would refuse. NULL passes (manual, "CHECK Constraints"). The rule is read from SHOW
 * CREATE TABLE: information_schema.CHECK_CONSTRAINTS escapes its quotes once too often.
 */
export const refusedByCheck: Hazard = {
  id: 'refused-by-check',
  level: 'danger',
  final: true,
  inRows(facts) {
    const existing = new Set(rulesIn(facts.probe.before.definition).map(({ expression }) => expression));
    return rulesIn(facts.probe.after.definition)
      .filter(({ expression }) => !existing.has(expression))
      .flatMap((rule) => ruleAsked(rule, facts));
  },
};

interface Rule {
  name: string;
  expression: string;
}

/** MariaDB writes the CHECK of a column beside the column. */
function rulesIn(definition: string): Rule[] {
  return partsOf(definition, 'column', 'check').flatMap((part) => {
    if (part.what === 'check') return part.enforced ? [part] : [];
    return part.check === undefined ? [] : [{ name: part.name, expression: part.check }];
  });
}

function ruleAsked({ name, expression }: Rule, facts: ChangeFacts): RowsAsked[] {
  const asked = jsonRule(expression, facts) ?? onRows([expression], facts);
  if (asked === 'asked-elsewhere') return [];
  const rule = `${name}, ${oneLine(expression, 200)}`;
  const about = `whether rows break the rule ${rule}`;
  if ('why' in asked) return [{ about, why: asked.why }];
  return [
    {
      offends: `NOT (${asked.sql.join('')})`,
      text: (count) => `${rowsThat(count, 'breaks', 'break')} the rule ${rule}.`,
      fix: 'Fix or delete them first.',
      about,
    },
  ];
}

/** MariaDB's JSON is LONGTEXT with this rule; if the type changes as well, the conversion is checked instead. */
function jsonRule(expression: string, facts: ChangeFacts): OnRows | 'asked-elsewhere' | undefined {
  const [verb, , token, end, ...more] = lex(expression);
  if (keyword(verb) !== 'JSON_VALID' || end?.text !== ')' || more.length > 0) return undefined;
  const name = token && nameOf(token);
  const pair = columnPairs(facts).find(({ after }) => name !== undefined && isSameName(after.name, name));
  if (pair === undefined) return undefined;
  const { before, after } = pair;
  if (before.type !== after.type || before.charset !== after.charset) return 'asked-elsewhere';
  return { sql: [`JSON_VALID(${rowColumn(before.name)})`] };
}
