import type { Hazard } from './shared/hazard.js';

/** MySQL takes a dropped column out of the indexes that have others as well (manual, "ALTER TABLE Statement"). */
export const indexShrunk: Hazard = {
  id: 'index-shrunk',
  level: 'warning',
  inChange: ({ statement, probe }) =>
    probe.difference.indexesChanged
      .filter(
        ({ before, after }) =>
          probe.difference.columnsDropped.length > 0 &&
          after.parts.length < before.parts.length &&
          !statement.clauses.some(({ text }) => text.includes(before.name)),
      )
      .map(({ before: { name }, after }) => {
        const left = after.parts.map(({ column }) => column ?? 'an expression').join(', ');
        const rule = after.unique ? `, and ${left} alone would have to be unique` : '';
        return {
          text: `The index ${name} would be left with ${left} only${rule}.`,
          fix: `Drop ${name} in the same statement, or add the index that you want.`,
        };
      }),
};
