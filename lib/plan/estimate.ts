import type {
  CostClass,
  Costs,
  DurationRange,
  Estimate,
  RejectedStrategy,
  StrategyName,
} from '../documents/plan.js';
import type { Forecast } from '../forecast/forecast.js';
import type { ServerFacts } from '../inspect/server.js';
import type { TableFacts } from '../inspect/table.js';
import type { Settings } from '../settings/settings.js';
import type { Choice } from './choose.js';

/** What the chosen way will cost; what is not known is absent. */
export function estimate(
  table: TableFacts,
  { strategy, class: costClass }: Choice,
  { durations, sampledRows, corrections, writesPerSecond, ...foretold }: Forecast,
  { topology }: Pick<ServerFacts, 'topology'>,
  { ghost }: Pick<Settings, 'ghost'>,
): Estimate {
  const way = strategy === 'gh-ost' ? 'gh-ost' : costClass;
  const durationMs = durations[way];
  const corrected = corrections?.[way] ?? foretold.corrected;
  const { dataBytes, indexBytes } = table.size;
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
    ...costs({ strategy, class: costClass, table, topology, ghost, ...(durationMs && { durationMs }) }),
  };
}

/** The ways that were not taken, with what they would have needed. */
export function rejectedWithCosts(
  { rejected, class: costClass }: Choice,
  table: TableFacts,
  { topology }: Pick<ServerFacts, 'topology'>,
  { ghost }: Pick<Settings, 'ghost'>,
): RejectedStrategy[] {
  return rejected.map((way) => {
    const { strategy, durationMs } = way;
    return {
      ...way,
      ...costs({ strategy, class: costClass, table, topology, ghost, ...(durationMs && { durationMs }) }),
    };
  });
}

interface CostFacts {
  strategy: StrategyName;
  class: CostClass;
  durationMs?: DurationRange;
  table: Pick<TableFacts, 'size'>;
  topology: Pick<ServerFacts['topology'], 'replicas'>;
  ghost: Pick<Settings['ghost'], 'cutOverLockTimeoutSeconds' | 'maxLagMs' | 'throttleReplicas'>;
}

/** What a way needs and whom it holds up, whether it was chosen or rejected. */
function costs({ strategy, class: costClass, durationMs, table, topology, ghost }: CostFacts): Costs {
  if (strategy === 'nothing' || strategy === 'refuse') return {};
  const { dataBytes, fileBytes } = table.size;
  const isGhost = strategy === 'gh-ost';
  const writesAnew = isGhost || ['rebuild', 'copy', 'online-copy'].includes(costClass);
  return {
    ...(writesAnew && fileBytes !== undefined && { diskBytes: fileBytes }),
    // gh-ost writes every row through the binlog; a direct ALTER is one event.
    ...(isGhost && dataBytes !== undefined && { binlogBytes: dataBytes }),
    ...stall(strategy, durationMs?.high, ghost.cutOverLockTimeoutSeconds),
    ...replicaDelay(strategy, durationMs, topology.replicas, ghost),
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

/**
 * A direct ALTER is one event, which replicas begin when it is over here; gh-ost pauses at the lag that it may cause,
 * unless it is told to watch no replica.
 */
function replicaDelay(
  strategy: StrategyName,
  durationMs: DurationRange | undefined,
  replicas: number | undefined,
  { maxLagMs, throttleReplicas }: CostFacts['ghost'],
): { replicaDelayMs?: DurationRange } {
  if (replicas === 0 || durationMs === undefined) return {};
  if (strategy === 'gh-ost')
    return throttleReplicas?.length === 0 ? {} : { replicaDelayMs: { low: 0, high: maxLagMs } };
  return strategy === 'inplace' || strategy === 'copy' ? { replicaDelayMs: durationMs } : {};
}
