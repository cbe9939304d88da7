import type { InPlace } from '../plan/in-place.js';
import { excerpt } from '../sql/lexer.js';
import { counted } from '../text/human.js';

/** For people: what is missing first. */
export function inPlaceText({ inPlace, missing, notLookedAt, pending, unforeseen = [] }: InPlace): string {
  const lines = [
    ...missing.map(({ sql, reason }) => `missing   ${excerpt(sql)}\n          ${reason.text}`),
    ...notLookedAt.map(
      (sql) => `not known ${excerpt(sql)}\n          It leaves nothing in the schema to look at.`,
    ),
    ...unforeseen.map(({ text }) => `not known ${text}`),
    ...(pending ? ['pending   The script has migrations left to run.'] : []),
    verdict(inPlace, missing.length),
  ];
  return `${lines.join('\n')}\n`;
}

function verdict(inPlace: number, missing: number): string {
  if (missing > 0) return `In place: ${inPlace} of ${counted(inPlace + missing, 'change')}.`;
  if (inPlace === 0) return 'Nothing is missing: there is no change to look at.';
  return `In place: all ${counted(inPlace, 'change')} that can be looked at.`;
}
