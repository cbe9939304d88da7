import type { PlannedAlter, PlannedStatement, Reason } from '../documents/plan.js';
import { tableLabel } from '../sql/names.js';
import type { AlterStatement, Statement } from '../sql/statement.js';
import { sameDefinition } from '../table/forms.js';

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
  for (let i = index - 1; i >= 0; i--) {
    const first = planned[i];
    // What stands between the two may depend on the index being gone, or on the table.
    if (first?.kind !== 'alter') return undefined;
    if (tableLabel(first.table) !== tableLabel(second.table)) continue;
    const isPair = isIndexChange(statements[i], first) && isSame(first.promise.before, second.promise.after);
    return isPair ? i : undefined;
  }
  return undefined;
}

/** One of the pair as what it is: nothing to do. @param numbers of the two, counted from 1 */
export function asNothing(statement: PlannedAlter, numbers: readonly [number, number]): PlannedAlter {
  const { clause: _, compatibility: _none, ...rest } = statement;
  const reason: Reason = {
    id: 'undone',
    text: `Already in place: statements ${numbers[0]} and ${numbers[1]} drop an index of ${tableLabel(statement.table)} and make it again as it is.`,
  };
  const { rows, rowsExact, dataBytes, indexBytes } = rest.estimate;
  return {
    ...rest,
    strategy: 'nothing',
    class: 'instant',
    reasons: [reason],
    rejected: [],
    checks: [],
    estimate: {
      rough: true,
      ...(rows !== undefined && { rows }),
      ...(rowsExact !== undefined && { rowsExact }),
      ...(dataBytes !== undefined && { dataBytes }),
      ...(indexBytes !== undefined && { indexBytes }),
    },
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

/** The keys of a table may stand in another order. */
function isSame(before: string, after: string | undefined): boolean {
  return after !== undefined && sameDefinition(before, after, false);
}
