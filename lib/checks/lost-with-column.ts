import type { Check } from '../documents/plan.js';
import { partsOf } from '../table/definition.js';
import type { ChangeFacts } from './check-facts.js';

/**
 * Rules and indexes that go with a column, and that the statement does not name. Both servers drop a CHECK of that one
 * column without a word, and MySQL takes the column out of the indexes that have others as well (manual, "ALTER TABLE
 * Statement"); the rest they refuse.
 */
export function lostWithColumn({ statement, probe }: ChangeFacts): Check[] {
  const gone = probe.difference.columnsDropped.map(({ name }) => name);
  if (gone.length === 0) return [];
  const isNamed = (name: string) => statement.clauses.some(({ text }) => text.includes(name));
  const [was, is] = [checksOf(probe.before.definition), checksOf(probe.after.definition)];
  const rules = was.filter((name) => !is.includes(name) && !isNamed(name));
  const shrunk = probe.difference.indexesChanged.filter(
    ({ before, after }) => after.parts.length < before.parts.length && !isNamed(before.name),
  );
  return [
    ...rulesGone(rules),
    ...shrunk.map(({ before, after }) => indexShrunk(before.name, after.unique, after.parts)),
  ];
}

function checksOf(definition: string): string[] {
  return partsOf(definition, 'check').map(({ name }) => name);
}

function rulesGone(names: readonly string[]): Check[] {
  if (names.length === 0) return [];
  return [
    {
      id: 'check-lost',
      level: 'warning',
      text: `With the column goes the rule that names it: CHECK ${names.join(', ')}.`,
      count: names.length,
      fix: 'Make sure that nothing relies on it.',
    },
  ];
}

function indexShrunk(name: string, unique: boolean, parts: readonly { column?: string }[]): Check {
  const left = parts.map(({ column }) => column ?? 'an expression').join(', ');
  const rule = unique ? `, and from then on ${left} alone would have to be unique` : '';
  return {
    id: 'index-shrunk',
    level: 'warning',
    text: `The index ${name} would be left with ${left} only${rule}.`,
    fix: `Drop ${name} in the same statement, or add the index that is wanted.`,
  };
}
