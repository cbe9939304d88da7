import type { PlannedAlter, PlannedStatement } from '../documents/plan.js';
import { tableLabel } from '../sql/names.js';
import type { AlterStatement, Statement } from '../sql/statement.js';
import { sameDefinition } from '../table/forms.js';
import { reasons } from './reasons.js';

/**
 * An index that is dropped and made again as it was, by two statements that follow each other on one table: together
 * they leave it as it is, at the cost of an index that is missing in between. Such a pair is nothing to do.
 * @param index of the second of the two
 * @returns the index of the first
 */
export function undoes(
  statements: readonly Statement[],
  planned: readonly PlannedStatement[],
  index: number,
): number | undefined {
  const second = planned[index];
  if (second?.kind !== 'alter' || !isIndexChange(statements[index], second)) return undefined;
  const label = tableLabel(second.table);
  const at = planned
    .slice(0, index)
    // What stands between the two may depend on the index being gone, or on the table.
    .findLastIndex((each) => each.kind !== 'alter' || tableLabel(each.table) === label);
  const first = planned[at];
  const { after } = second.promise;
  if (first?.kind !== 'alter' || after === undefined) return undefined;
  // The keys of a table may stand in another order.
  const isSame = sameDefinition(first.promise.before, after, false);
  return isSame && isIndexChange(statements[at], first) ? at : undefined;
}

/** One of the pair as what it is: nothing to do. @param numbers of the two, counted from 1 */
export function asNothing(statement: PlannedAlter, numbers: readonly [number, number]): PlannedAlter {
  const { clause: _, compatibility: _none, estimate, ...rest } = statement;
  const label = tableLabel(statement.table);
  const { durationMs, sampledRows, corrected, writesPerSecond, ...costs } = estimate;
  const { diskBytes, binlogBytes, writerStallMs, replicaDelayMs, ...size } = costs;
  const { text } = reasons.inPlace(
    `statements ${numbers[0]} and ${numbers[1]} drop an index of ${label} and make it again as it is`,
  );
  return {
    ...rest,
    strategy: 'nothing',
    class: 'instant',
    reasons: [{ id: 'undone', text }],
    rejected: [],
    checks: [],
    estimate: { ...size, rough: true },
    sentence: 'Nothing is done, and nobody notices.',
  };
}

function isIndexChange(statement: Statement | undefined, { strategy }: PlannedAlter): boolean {
  if (strategy === 'nothing' || strategy === 'refuse') return false;
  return statement?.kind === 'alter' && statement.clauses.every(isIndexClause);
}

function isIndexClause({ head: [verb, ...rest] }: AlterStatement['clauses'][number]): boolean {
  const what = rest.find((word) => !['UNIQUE', 'FULLTEXT', 'SPATIAL'].includes(word));
  return (verb === 'DROP' || verb === 'ADD') && (what === undefined || what === 'INDEX' || what === 'KEY');
}
