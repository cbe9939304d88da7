import type { ExitCode } from '../fault.js';
import type { CostClass, Reason, RejectedStrategy, StrategyName } from './plan.js';

/** What was chosen for a statement, and why. */
export interface Choice {
  strategy: StrategyName;
  class: CostClass;
  clause?: string;
  reasons: readonly Reason[];
  rejected: readonly RejectedStrategy[];
  refusal?: { exitCode: ExitCode; next: string };
}
