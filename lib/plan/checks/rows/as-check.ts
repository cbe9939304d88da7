import { counted } from '../../human.js';
import type { Check } from '../../plan.js';
import type { Tally } from './tally.js';

/** What became of one question: rows that offend, or that it is not known; nothing where it was answered well. */
export function asCheck({ question, count, samples, unfinished }: Tally): Check[] {
  if (question.kind === 'unknown') {
    const { id, about, fix } = question.finding;
    return [
      { id, level: 'unknown', text: `It is not known ${about}: ${question.why}.`, ...(fix && { fix }) },
    ];
  }
  const { id, level, final, fix, about, text } = question.finding;
  if (count > 0) {
    const known = unfinished === undefined ? '' : ` (At least; not all rows were looked at: ${unfinished}.)`;
    return [{ id, level, text: text(count) + known, count, samples, fix, ...(final === true && { final }) }];
  }
  if (unfinished === undefined) return [];
  return [
    {
      id,
      level: 'unknown',
      text: `It is not known ${about}: ${unfinished}.`,
      fix: 'Give it more time (--check-time), a quieter hour, or a replica to look at (--check-from).',
    },
  ];
}

/** Only where every question was asked and answered. @param rows absent where an index alone was read */
export function allFit(tallies: readonly Tally[], rows: number | undefined): Check[] {
  const fit = tallies.every(
    ({ question, count, unfinished }) =>
      question.kind !== 'unknown' && count === 0 && unfinished === undefined,
  );
  if (!fit) return [];
  const looked =
    rows === undefined ? 'All rows were' : `${counted(rows, 'row')} ${rows === 1 ? 'was' : 'were'}`;
  return [
    { id: 'rows-fit', level: 'ok', text: `${looked} looked at, and all of them fit the definition to come.` },
  ];
}
