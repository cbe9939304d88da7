import type { Column } from '../../lib/table/shape.js';

/** A column of that type, and nothing special about it. */
export function column(name: string, type = 'int'): Column {
  return {
    name,
    type,
    dataType: type.replace(/\(.*/, ''),
    nullable: true,
    extra: '',
    generated: false,
    comment: '',
  };
}
