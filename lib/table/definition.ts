import { quoteName, quoteTable, type TableName } from '../sql/names.js';

/**
 * A definition without what says nothing about the shape: the next AUTO_INCREMENT, what `comparable` leaves out,
 * and the schema in REFERENCES (a clone lives in another one).
 */
export function normalizeDefinition(definition: string): string {
  return withoutParentSchema(comparable(definition.replace(/ AUTO_INCREMENT=\d+/, '')));
}

/**
 * Without the character set beside a collation, which names it: MySQL 8 writes it only where it was said, so that
 * the same column may show it in one table and not in another.
 */
export function comparable(definition: string): string {
  return definition.replace(/ CHARACTER SET \w+(?= COLLATE \w)/g, '');
}

/** SHOW CREATE TABLE names the parent's schema where it is another one; a clone refers to cloned parents. */
export function withoutParentSchema(definition: string): string {
  return definition.replace(/ REFERENCES `(?:[^`]|``)+`\.(?=`)/g, ' REFERENCES ');
}

/** The text that creates the same table under another name. */
export function createAs(definition: string, table: TableName): string {
  return definition.replace(/^CREATE TABLE `(?:[^`]|``)+`/, () => `CREATE TABLE ${quoteTable(table)}`);
}

/** The same definition, as if the table were called `name`. */
export function renamedTo(definition: string, name: string): string {
  return definition.replace(/^CREATE TABLE `(?:[^`]|``)+`/, () => `CREATE TABLE ${quoteName(name)}`);
}

/**
 * For a clone beside the original: without foreign keys (they would lock the parents) and without the names of
 * CHECKs (they are unique in a schema). SHOW CREATE TABLE writes each on a line of its own.
 */
export function withoutConstraintNames(definition: string): string {
  const lines = definition
    .split('\n')
    .filter((line) => !/^ {2}CONSTRAINT `(?:[^`]|``)+` FOREIGN KEY /.test(line));
  const unnamed = lines.map((line) => line.replace(/^ {2}CONSTRAINT `(?:[^`]|``)+` CHECK /, '  CHECK '));
  return unnamed.join('\n').replace(/,\n\)/, '\n)');
}

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
