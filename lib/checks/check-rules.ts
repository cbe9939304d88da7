import { enforcesChecks } from '../inspect/capabilities.js';
import { rowColumn } from '../rows/question.js';
import { lex } from '../sql/lexer.js';
import { isSameName } from '../sql/names.js';
import { hasKeyword, keyword, nameOf } from '../sql/tokens.js';
import { partsOf } from '../table/definition.js';
import { oneLine } from '../text/human.js';
import { type OnRows, onRows } from './shared/expressions.js';
import { type ChangeFacts, columnPairs, rowsThat } from './shared/facts.js';
import type { Hazards, RowsAsked } from './shared/hazard.js';

export const checkRuleHazards: Hazards = {
  /**
   * MySQL before 8.0.16 parses CHECK and ignores it (manual, "CHECK Constraints"). If the statement does nothing else, it
   * must not end like a change that was made.
   */
  'check-ignored': {
    level: 'warning',
    final: true,
    inStatement({ server, statement: { clauses } }) {
      const adds = clauses.filter(({ head, text }) => head[0] !== 'DROP' && hasKeyword(text, 'CHECK'));
      if (adds.length === 0 || enforcesChecks(server)) return undefined;
      const isAll =
        adds.length === clauses.length &&
        clauses.every(({ head }) => head[0] === 'ADD' && ['CONSTRAINT', 'CHECK'].includes(head[1] ?? ''));
      return {
        level: isAll ? 'danger' : 'warning',
        text: `This server (${server.version.text}) parses CHECK and ignores it: nothing will enforce the rule.`,
        fix: 'Enforce it in the application, or upgrade to MySQL 8.0.16 or MariaDB 10.2 first.',
      };
    },
  },
  /**
   * Rows that a new or changed CHECK would refuse. NULL passes (manual, "CHECK Constraints"). The rule is read from SHOW
   * CREATE TABLE: information_schema.CHECK_CONSTRAINTS escapes its quotes once too often.
   */
  'refused-by-check': {
    level: 'danger',
    final: true,
    inRows(facts) {
      const existing = rulesIn(facts.probe.before.definition).map(({ expression }) => expression);
      return rulesIn(facts.probe.after.definition)
        .filter(({ expression }) => !existing.includes(expression))
        .flatMap((rule) => ruleAsked(rule, facts) ?? []);
    },
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

function ruleAsked({ name, expression }: Rule, facts: ChangeFacts): RowsAsked | undefined {
  const asked = jsonRule(expression, facts) ?? onRows([expression], facts);
  if (asked === 'asked-elsewhere') return undefined;
  const rule = `${name}, ${oneLine(expression, 200)}`;
  const about = `whether rows break the rule ${rule}`;
  if ('why' in asked) return { about, why: asked.why };
  return {
    offends: `NOT (${asked.sql.join('')})`,
    text: (count) => `${rowsThat(count, 'breaks', 'break')} the rule ${rule}.`,
    fix: 'Fix or delete them first.',
    about,
  };
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
