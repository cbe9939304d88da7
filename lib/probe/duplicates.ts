import { linesOf, type Part, partOf, partsOf } from './definition-lines.js';

/**
 * An index or constraint that was added without a name gets one from the server, and a second run adds it again
 * under another. Where nothing else has changed, what was to be added is there already.
 * @param clauses what was to be done
 * @returns what is there, by its name; empty where anything else has come or gone
 */
export function duplicates(before: string, after: string, clauses: readonly string[]): string[] {
  const was = linesOf(before);
  const is = linesOf(after);
  const come = is.filter((line) => !was.includes(line));
  if (come.length === 0 || was.some((line) => !is.includes(line))) return [];
  const found = come.map((line) => duplicateOf(partOf(line), partsOf(before), clauses));
  return found.every((text) => text !== undefined) ? found : [];
}

function duplicateOf(
  part: Part | undefined,
  there: readonly Part[],
  clauses: readonly string[],
): string | undefined {
  if (part === undefined || clauses.some((clause) => names(clause, part.name))) return undefined;
  const same = there.find(({ what, body }) => what === part.what && what !== 'column' && body === part.body);
  return same && `${part.body.trim()} is there, as ${same.name}`;
}

/** Whether the clause itself gives the name: `ADD INDEX k (a)`, `ADD CONSTRAINT c CHECK (…)`. */
function names(clause: string, name: string): boolean {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(
    `\\b(?:INDEX|KEY|UNIQUE|FULLTEXT|SPATIAL|EXISTS|CONSTRAINT)\\s+(?:\`${literal}\`|${literal}(?![\\w$]))`,
    'iu',
  ).test(clause);
}
