import type { Offer, PlannedAlter, PlannedStatement } from '../documents/plan.js';
import { quoteTable, tableLabel } from '../sql/names.js';
import { humanMs } from '../text/human.js';

/**
 * Changes of one table, each of which would write or read all of its rows: made as one, they cost one pass. Only
 * offered, since what another program records of a migration is its statements as they stand.
 */
export function offers(statements: readonly PlannedStatement[]): Offer[] {
  const byTable = new Map<string, { index: number; statement: PlannedAlter }[]>();
  let barrier = 0;
  for (const [index, statement] of statements.entries()) {
    if (statement.kind === 'plain') {
      // What runs between two changes may depend on the first, or the second on it.
      barrier += 1;
      continue;
    }
    if (!isCostly(statement)) continue;
    const key = `${barrier} ${tableLabel(statement.table)}`;
    byTable.set(key, [...(byTable.get(key) ?? []), { index, statement }]);
  }
  return [...byTable.values()].filter((same) => same.length > 1).map(offer);
}

function isCostly({ strategy, class: cost }: PlannedAlter): boolean {
  if (strategy === 'nothing' || strategy === 'refuse') return false;
  return strategy === 'gh-ost' || !['instant', 'metadata'].includes(cost);
}

function offer(same: readonly { index: number; statement: PlannedAlter }[]): Offer {
  const table = same[0]?.statement.table ?? { schema: '', name: '' };
  const middles = same.map(({ statement }) => middleOf(statement));
  const known = middles.filter((middle) => middle !== undefined);
  const savedMs =
    known.length === middles.length
      ? Math.round(known.reduce((sum, each) => sum + each, 0) - Math.max(...known))
      : undefined;
  const numbers = same.map(({ index }) => index + 1);
  const saves = savedMs === undefined ? '' : `, which would save about ${humanMs(savedMs)}`;
  return {
    statements: numbers,
    table,
    sql: `ALTER TABLE ${quoteTable(table)} ${same.map(({ statement }) => statement.spec).join(', ')}`,
    ...(savedMs !== undefined && { savedMs }),
    text: `Statements ${numbers.join(', ')} could be one change of ${tableLabel(table)}${saves}.`,
  };
}

function middleOf({ estimate: { durationMs } }: PlannedAlter): number | undefined {
  return durationMs && (durationMs.low + durationMs.high) / 2;
}
