/** SHOW CREATE TABLE writes each column, key and constraint on a line of its own; the commas are left out here. */
export function linesOf(definition: string): string[] {
  return definition.split('\n').map((line) => line.replace(/,$/, ''));
}

/** What a line defines. */
export interface Part {
  what: 'column' | 'key' | 'primary-key' | 'constraint';
  /** Empty of a primary key. */
  name: string;
  /** The line without its name: two parts of the same body differ in nothing else. */
  body: string;
}

/** Undefined of the first line, of the table's options and of its partitions. */
export function partOf(line: string): Part | undefined {
  if (line.startsWith('  PRIMARY KEY ')) return { what: 'primary-key', name: '', body: line };
  const [, kind, quoted, rest] = /^ {2}((?:[A-Z]+ )*)`((?:[^`]|``)+)`(.*)$/s.exec(line) ?? [];
  if (kind === undefined || quoted === undefined) return undefined;
  const what = kind === '' ? 'column' : kind === 'CONSTRAINT ' ? 'constraint' : 'key';
  return { what, name: quoted.replaceAll('``', '`'), body: `${kind}${rest}` };
}

export function partsOf(definition: string): Part[] {
  return linesOf(definition).flatMap((line) => partOf(line) ?? []);
}

/** Names in a definition do not depend on case. */
export function isSamePart(a: Pick<Part, 'what' | 'name'>, b: Pick<Part, 'what' | 'name'>): boolean {
  return a.what === b.what && a.name.toLowerCase() === b.name.toLowerCase();
}
