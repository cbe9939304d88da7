import { linesOf, type Part, partOf } from '../probe/definition-lines.js';

/**
 * Whether a definition is the promised one but for keys that the server had made for foreign keys. It drops such a key
 * where another can serve, and makes the next one under the name of the next foreign key (MySQL 9.7 manual, "FOREIGN KEY
 * Constraints"). Where a foreign key comes to columns that have such a key still, it makes the key anew, after the others.
 * Which keys these are can be read nowhere, and a clone that was made from a text has none of them.
 */
export function differsInServersKeys(before: string, after: string, now: string): boolean {
  const [were, promised, are] = [before, after, now].map(linesOf) as [string[], string[], string[]];
  const gone = promised.filter((line) => !are.includes(line)).map(plainKey);
  const come = are.filter((line) => !promised.includes(line)).map(plainKey);
  const parts = are.flatMap((line) => partOf(line) ?? []);
  if (gone.length === 0 && come.length === 0) {
    const others = (lines: string[]) =>
      lines.filter((line) => !isForForeignKey(plainKey(line), parts)).join('\n');
    return others(promised) === others(are);
  }
  const isGoneForOther = (key: PlainKey | undefined) =>
    key !== undefined && were.includes(key.line) && parts.some((part) => servesFor(part, key));
  const isMadeAnew = (key: PlainKey | undefined) =>
    key !== undefined &&
    gone.some((one) => one?.columns === key.columns) &&
    parts.some(({ what, name }) => what === 'constraint' && name === key.name);
  return gone.length > 0 && gone.every(isGoneForOther) && come.every(isMadeAnew);
}

interface PlainKey {
  line: string;
  name: string;
  columns: string;
}

function plainKey(line: string): PlainKey | undefined {
  const part = partOf(line);
  const columns = part && columnsOf(part);
  if (part === undefined || columns === undefined || !part.body.startsWith('KEY ')) return undefined;
  return { line, name: part.name, columns };
}

function isForForeignKey(key: PlainKey | undefined, parts: readonly Part[]): boolean {
  return key !== undefined && parts.some(({ body }) => body.includes(`FOREIGN KEY (${key.columns}) `));
}

/** A foreign key wants an index in which its columns come first, in their order. */
function servesFor(part: Part, key: PlainKey): boolean {
  const columns = columnsOf(part);
  return columns === key.columns || columns?.startsWith(`${key.columns},`) === true;
}

function columnsOf({ body }: Part): string | undefined {
  return /^ *(?:PRIMARY |UNIQUE )?KEY +\((.*)\)$/.exec(body)?.[1];
}
