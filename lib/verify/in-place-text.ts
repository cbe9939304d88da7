import { counted } from '../plan/human.js';
import { excerpt } from '../sql/excerpt.js';
import type { InPlace } from './in-place.js';

/** For people: what is missing first. */
export function inPlaceText({ inPlace, missing, notLookedAt, pending, unforeseen = [] }: InPlace): string {
  const lines = [
    ...missing.map(({ sql, reason }) => `missing   ${excerpt(sql)}\n          ${reason.text}`),
    ...notLookedAt.map(
      (sql) => `not known ${excerpt(sql)}\n          It leaves nothing in the schema to look at.`,
    ),
    ...unforeseen.map(({ text }) => `not known ${text}`),
    ...(pending ? ['pending   The script has migrations left to run.'] : []),
    missing.length === 0
      ? `In place: all ${counted(inPlace, 'change')} that can be looked at.`
      : `In place: ${inPlace} of ${counted(inPlace + missing.length, 'change')}.`,
  ];
  return `${lines.join('\n')}\n`;
}
