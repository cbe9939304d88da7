import type {
  CostClass,
  DurationRange,
  Estimate,
  PlannedAlter,
  RejectedStrategy,
} from '../documents/plan.js';
import type { Engine } from '../engines/engine.js';
import { engineOf } from '../engines/list.js';
import type { Forecast } from '../forecast/forecast.js';
import { wayOf } from '../forecast/predict.js';
import type { ServerFacts } from '../inspect/server.js';
import type { TableFacts } from '../inspect/table.js';
import type { Settings } from '../settings/settings.js';
import type { Choice } from './first-choice.js';

/** By what a way is measured. */
interface Measure {
  table: TableFacts;
  topology: Pick<ServerFacts['topology'], 'replicas'>;
  ghost: Settings['ghost'];
  engines: readonly Engine[];
}

/** What the chosen way will cost; what is unknown is absent. */
export function estimate(
  { strategy, class: costClass }: Choice,
  forecast: Forecast,
  measure: Measure,
): Estimate {
  const { durations, sampledRows, corrections, writesPerSecond } = forecast;
  const { table } = measure;
  const engine = engineOf(strategy, measure.engines);
  const durationMs = engine?.duration(durations, costClass);
  const corrected = corrections?.[wayOf(strategy, costClass)];
  const { dataBytes, indexBytes } = table.size;
  return {
    ...(table.rows && { rows: table.rows.count, rowsExact: table.rows.exact }),
    ...(dataBytes !== undefined && { dataBytes }),
    ...(indexBytes !== undefined && { indexBytes }),
    ...(durationMs && { durationMs }),
    rough: sampledRows === undefined,
    ...(engine && sampledRows !== undefined && { sampledRows }),
    ...(engine && corrected && { corrected }),
    ...(writesPerSecond !== undefined && { writesPerSecond }),
    ...costs(strategy, costClass, durationMs, measure),
  };
}

/** The ways that were not taken, with what they would have needed. */
export function rejectedWithCosts(
  { rejected, class: costClass }: Choice,
  measure: Measure,
): RejectedStrategy[] {
  return rejected.map((way) => ({ ...way, ...costs(way.strategy, costClass, way.durationMs, measure) }));
}

/** What a way needs and whom it holds up, whether it was chosen or rejected. */
function costs(
  strategy: Choice['strategy'],
  costClass: CostClass,
  durationMs: DurationRange | undefined,
  { table, topology, ghost, engines }: Measure,
) {
  const facts = { strategy, costClass, table, topology, ghost, ...(durationMs && { durationMs }) };
  return engineOf(strategy, engines)?.costs(facts);
}

/** The forecast of a plan that was approved. */
export function asPredicted({ strategy, class: costClass, estimate, rejected }: PlannedAlter): Forecast {
  const { durationMs, sampledRows, corrected, writesPerSecond } = estimate;
  const ways = [...rejected, { strategy, durationMs }];
  return {
    durations: Object.fromEntries(
      ways.flatMap((way) => (way.durationMs ? [[wayOf(way.strategy, costClass), way.durationMs]] : [])),
    ),
    ...(sampledRows !== undefined && { sampledRows }),
    ...(corrected && { corrections: { [wayOf(strategy, costClass)]: corrected } }),
    ...(writesPerSecond !== undefined && { writesPerSecond }),
  };
}
