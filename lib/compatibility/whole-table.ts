import { engineOf } from '../table/definition.js';
import type { Change } from './change.js';
import { type Finding, say } from './finding.js';

/** What is about all rows: those that go with the change, and another engine. */
export function wholeTable({ rowsGone, before, after }: Change): Finding[] {
  const [was, is] = [engineOf(before.definition), engineOf(after.definition)];
  const findings: Finding[] = [];
  if (rowsGone) {
    findings.push({
      id: 'rows-gone',
      previous: { works: 'maybe', text: 'It does not find the rows that go with the change.' },
    });
  }
  if (was !== undefined && is !== undefined && was !== is) {
    const text = (engine: string) =>
      `The engine is ${engine}: transactions, locks and foreign keys may work in another way.`;
    findings.push({
      id: 'engine-changed',
      previous: { works: 'maybe', text: text(is) },
      next: { works: 'maybe', text: text(was) },
    });
  }
  return findings;
}

/** Columns that compare and sort by another collation; their character set is a matter of the type. */
export function collations({ kept }: Change): Finding[] {
  const changed = kept.filter(
    ({ before, after }) =>
      before.collation !== undefined && after.collation !== undefined && before.collation !== after.collation,
  );
  const [first] = changed;
  if (first === undefined) return [];
  const names = changed.map(({ after }) => after.name).join(', ');
  const all = changed.every(
    ({ before, after }) =>
      before.collation === first.before.collation && after.collation === first.after.collation,
  );
  const text = (old: string | undefined, fresh: string | undefined) =>
    `${names} compare and sort by ${all ? `${fresh} and not by ${old}` : 'another collation'}: other rows may be found, and in another order; comparisons with columns of the old collation may be refused (error 1267).`;
  return [
    {
      id: 'collation-changed',
      previous: { works: 'maybe', text: text(first.before.collation, first.after.collation) },
      next: { works: 'maybe', text: text(first.after.collation, first.before.collation) },
      steps: [say('prepare', `Look at the queries that compare, sort or join ${names}.`)],
    },
  ];
}
