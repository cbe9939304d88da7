import type { Column, TableShape } from '../../../inspect/shape.js';
import { normalizeDefinition } from '../../../probe/definition.js';

/**
 * The same table on another server. Versions write SHOW CREATE TABLE in different ways (`int(11)`, defaults, names of
 * charsets), so that where the texts differ, the columns and unique keys are compared, which the rows stand under.
 */
export function isSameTable(one: TableShape, other: TableShape): boolean {
  if (normalizeDefinition(one.definition) === normalizeDefinition(other.definition)) return true;
  return JSON.stringify(essenceOf(one)) === JSON.stringify(essenceOf(other));
}

function essenceOf({ columns, indexes }: TableShape) {
  return { columns: columns.map(columnOf), keys: indexes.filter(({ unique }) => unique).map(keyOf) };
}

function columnOf({ name, type, collation, nullable, generated }: Column) {
  return {
    name,
    type: type.replace(/^(\w*int|year)\(\d+\)/, '$1'),
    collation: collation?.replace(/^utf8_/, 'utf8mb3_'),
    nullable,
    generated,
  };
}

function keyOf({ name, parts }: TableShape['indexes'][number]) {
  return { name, parts: parts.map(({ column, prefix }) => ({ column, prefix })) };
}
