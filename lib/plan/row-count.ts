import { counted } from './human.js';
import type { Estimate } from './plan.js';

/** `exactly 12 rows`, `about 4,210,000 rows`; undefined where it is not known. */
export function rowCountText({ rows, rowsExact }: Pick<Estimate, 'rows' | 'rowsExact'>): string | undefined {
  if (rows === undefined) return undefined;
  return rowsExact
    ? `exactly ${counted(rows, 'row')}`
    : `about ${counted(Number(rows.toPrecision(3)), 'row')}`;
}
