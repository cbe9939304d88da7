import type { TableName } from './plan.js';

/** The table as people read it; for a statement it has to be quoted. */
export function tableLabel({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}
