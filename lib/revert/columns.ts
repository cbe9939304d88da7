import { quoteName } from '../sql/quote.js';
import type { ColumnText } from './column-text.js';
import { inOrder } from './in-order.js';
import { type ColumnPair, differsInDefault, isUnchanged, type Matched } from './match-columns.js';

/** Clauses that give the columns back what they were, and their places. */
export interface ColumnClauses {
  drops: readonly string[];
  /** In the order in which they have to stand: each place is named by a column that is in its place by then. */
  clauses: readonly string[];
  /** Definitions that are written by them. */
  written: readonly ColumnText[];
}

/**
 * Servers leave a column that is changed without a place where it is, and then give the others theirs, clause by
 * clause, under the new names (measured on MySQL 5.7 and 9.7 and MariaDB 10.11).
 */
export function columnClauses(
  before: readonly ColumnText[],
  after: readonly ColumnText[],
  matched: Matched,
): ColumnClauses {
  const staying = columnsStaying(before, after, matched.kept);
  const written: ColumnText[] = [];
  const clauses = before.flatMap((column, at) => {
    const pair = matched.kept.find((each) => each.before === column);
    const stays = pair !== undefined && staying.has(at) ? pair : undefined;
    if (stays && isUnchanged(stays, matched)) return [];
    written.push(column);
    // With an expression that gives another value each time, MySQL takes MODIFY for unsafe beside an ADD (error 1674).
    if (stays && column.default?.startsWith('(') && differsInDefault(stays, matched)) {
      return [`ALTER COLUMN ${quoteName(column.name)} SET DEFAULT ${column.default}`];
    }
    const isLast = before.slice(at).every((each) => matched.gone.includes(each));
    const place = isLast || staying.has(at) ? '' : placeBehind(before[at - 1]);
    return [`${verb(pair)} ${column.sql}${place}`];
  });
  return { drops: matched.come.map(({ name }) => `DROP COLUMN ${quoteName(name)}`), clauses, written };
}

/** Those that keep their places while the others are moved. */
function columnsStaying(
  before: readonly ColumnText[],
  after: readonly ColumnText[],
  kept: readonly ColumnPair[],
): Set<number> {
  const order = after.flatMap((column) => {
    const pair = kept.find((each) => each.after === column);
    return pair ? [before.indexOf(pair.before)] : [];
  });
  return inOrder(order);
}

/** CHANGE and not RENAME COLUMN, which MySQL 5.7 does not know. */
function verb(pair: ColumnPair | undefined): string {
  if (pair === undefined) return 'ADD COLUMN';
  const { before, after } = pair;
  return before.name === after.name ? 'MODIFY COLUMN' : `CHANGE COLUMN ${quoteName(after.name)}`;
}

function placeBehind(previous: ColumnText | undefined): string {
  return previous === undefined ? ' FIRST' : ` AFTER ${quoteName(previous.name)}`;
}
