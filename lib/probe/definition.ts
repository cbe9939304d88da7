import type { TableName } from '../plan/plan.js';
import { quoteName, quoteTable } from '../sql/quote.js';

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
