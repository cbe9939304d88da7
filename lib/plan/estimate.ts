import type { ServerFacts } from '../inspect/server.js';
import type { TableFacts } from '../inspect/table.js';
import type { Settings } from '../settings/settings.js';
import type { Choice } from './choice.js';
import type { Forecast } from './forecast/forecast.js';
import type { DurationRange, Estimate, StrategyName } from './plan.js';

/** What the chosen way will cost; what is not known is absent. */
export function estimate(
  table: TableFacts,
  { strategy, class: costClass }: Choice,
  { durations, sampledRows, corrected, writesPerSecond }: Forecast,
  { topology }: Pick<ServerFacts, 'topology'>,
  { ghost }: Pick<Settings, 'ghost'>,
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
    rough: sampledRows === undefined,
    ...(works && sampledRows !== undefined && { sampledRows }),
    ...(works && corrected && { corrected }),
    ...(writesPerSecond !== undefined && { writesPerSecond }),
    ...(works && writesAnew && fileBytes !== undefined && { diskBytes: fileBytes }),
    // gh-ost writes every row through the binlog; a direct ALTER is one event.
    ...(strategy === 'gh-ost' && dataBytes !== undefined && { binlogBytes: dataBytes }),
    ...stall(strategy, durationMs?.high, ghost.cutOverLockTimeoutSeconds),
    ...replicaDelay(strategy, durationMs, topology.replicas, ghost.maxLagMs),
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

/** A direct ALTER is one event, which replicas begin when it is over here; gh-ost pauses at the lag that it may cause. */
function replicaDelay(
  strategy: StrategyName,
  durationMs: DurationRange | undefined,
  replicas: number | undefined,
  maxLagMs: number,
): { replicaDelayMs?: DurationRange } {
  if (replicas === 0 || durationMs === undefined) return {};
  if (strategy === 'gh-ost') return { replicaDelayMs: { low: 0, high: maxLagMs } };
  return strategy === 'inplace' || strategy === 'copy' ? { replicaDelayMs: durationMs } : {};
}
