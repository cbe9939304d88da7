import type { Index, TableShape } from '../../../inspect/shape.js';
import { partsOf } from '../../../probe/definition-lines.js';

/** Indexes that a statement may be told to use: not INVISIBLE ones (MySQL), nor IGNORED (MariaDB), which are error 1176. */
export function visibleIndexes({ indexes, definition }: Pick<TableShape, 'indexes' | 'definition'>): Index[] {
  const hidden = partsOf(definition)
    .filter(({ what, body }) => what === 'key' && /\) .*\b(INVISIBLE|IGNORED)\b/.test(body))
    .map(({ name }) => name);
  return indexes.filter(({ name }) => !hidden.includes(name));
}
