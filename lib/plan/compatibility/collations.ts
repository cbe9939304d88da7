import type { Change } from './change.js';
import { type Finding, say } from './finding.js';

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
