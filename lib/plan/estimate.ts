import type { TableFacts } from '../inspect/table.js';
import type { Durations } from './durations.js';
import type { CostClass, Estimate, StrategyName } from './plan.js';

/** What the chosen way will cost; what is not known is absent. */
export function estimate(
  table: TableFacts,
  strategy: StrategyName,
  costClass: CostClass,
  durations: Durations,
  cutOverLockTimeoutSeconds: number,
): Estimate {
  const durationMs = strategy === 'gh-ost' ? durations['gh-ost'] : durations[costClass];
  const { dataBytes, indexBytes, fileBytes } = table.size;
  const writesAnew = strategy === 'gh-ost' || ['rebuild', 'copy', 'online-copy'].includes(costClass);
  const works = strategy !== 'nothing' && strategy !== 'refuse';
  return {
    ...(table.rows && { rows: table.rows.count, rowsExact: table.rows.exact }),
    ...(dataBytes !== undefined && { dataBytes }),
    ...(indexBytes !== undefined && { indexBytes }),
    ...(works && durationMs && { durationMs }),
    rough: true,
    ...(works && writesAnew && fileBytes !== undefined && { diskBytes: fileBytes }),
    // gh-ost writes every row through the binlog; a direct ALTER is one event.
    ...(strategy === 'gh-ost' && dataBytes !== undefined && { binlogBytes: dataBytes }),
    ...stall(strategy, durationMs?.high, cutOverLockTimeoutSeconds),
  };
}

/**
 * gh-ost's cut-over holds writers for at most twice its lock timeout (gh-ost issue 952); INSTANT and INPLACE for
 * the moment of the exclusive lock; a blocking copy for all of it.
 */
function stall(
  strategy: StrategyName,
  highMs: number | undefined,
  cutOverSeconds: number,
): { writerStallMs?: number } {
  if (strategy === 'gh-ost') return { writerStallMs: 2 * cutOverSeconds * 1_000 };
  if (strategy === 'copy' && highMs !== undefined) return { writerStallMs: highMs };
  return {};
}
