import type { Offer, PlannedAlter, PlannedStatement } from '../documents/plan.js';
import { quoteTable, tableLabel } from '../sql/names.js';
import { humanMs } from '../text/human.js';

const cheap = ['nothing', 'refuse', 'instant'];

/**
 * Changes of one table, each of which would write or read all of its rows: made as one, they cost one pass. Only
 * offered, since what another program records of a migration is its statements as they stand.
 */
export function offers(statements: readonly PlannedStatement[]): Offer[] {
  const byTable = new Map<string, { number: number; statement: PlannedAlter }[]>();
  let barrier = 0;
  for (const [index, statement] of statements.entries()) {
    // What runs between two changes may depend on the first, or the second on it.
    if (statement.kind === 'plain') barrier += 1;
    if (statement.kind === 'plain' || cheap.includes(statement.strategy)) continue;
    const key = `${barrier} ${tableLabel(statement.table)}`;
    byTable.set(key, [...(byTable.get(key) ?? []), { number: index + 1, statement }]);
  }
  return [...byTable.values()].flatMap(([first, ...others]) =>
    first === undefined || others.length === 0 ? [] : offer(first.statement, [first, ...others]),
  );
}

function offer({ table }: PlannedAlter, same: readonly { number: number; statement: PlannedAlter }[]): Offer {
  // Unknown in the sum as soon as one of them is.
  const middles = same.map(({ statement: { estimate } }) => {
    const { low, high } = estimate.durationMs ?? { low: Number.NaN, high: Number.NaN };
    return (low + high) / 2;
  });
  const savedMs = Math.round(middles.reduce((sum, each) => sum + each, 0) - Math.max(...middles));
  const isKnown = !Number.isNaN(savedMs);
  const numbers = same.map(({ number }) => number);
  const saves = isKnown ? `, which would save about ${humanMs(savedMs)}` : '';
  return {
    statements: numbers,
    table,
    sql: `ALTER TABLE ${quoteTable(table)} ${same.map(({ statement }) => statement.spec).join(', ')}`,
    ...(isKnown && { savedMs }),
    text: `Statements ${numbers.join(', ')} could be one change of ${tableLabel(table)}${saves}.`,
  };
}
