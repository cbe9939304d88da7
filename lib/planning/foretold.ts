import { type Forecast, type ForecastFacts, forecast } from '../plan/forecast/forecast.js';
import type { CostClass, DurationRange, PlannedStatement } from '../plan/plan.js';

/**
 * How long each way will take. Where a plan was approved, what it foretold: a new sample would give other figures,
 * and with them perhaps another way than the one that was approved.
 */
export async function foretold(
  facts: ForecastFacts,
  approved: PlannedStatement | undefined,
): Promise<Forecast> {
  if (approved?.kind !== 'alter') return forecast(facts);
  const { strategy, class: costClass, estimate, rejected } = approved;
  const isGhost = strategy === 'gh-ost';
  const direct = isGhost
    ? rejected.find((each) => each.strategy !== 'gh-ost')?.durationMs
    : estimate.durationMs;
  const ghost = isGhost
    ? estimate.durationMs
    : rejected.find((each) => each.strategy === 'gh-ost')?.durationMs;
  const durations: Partial<Record<CostClass | 'gh-ost', DurationRange>> = {
    ...(direct && { [costClass]: direct }),
    ...(ghost && { 'gh-ost': ghost }),
  };
  const { sampledRows, corrected, writesPerSecond } = estimate;
  return {
    durations,
    ...(sampledRows !== undefined && { sampledRows }),
    ...(corrected && { corrected }),
    ...(writesPerSecond !== undefined && { writesPerSecond }),
  };
}
