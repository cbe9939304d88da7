import type { Choice } from '../choice.js';
import type { Estimate } from '../plan.js';

/** What is known when a way has been chosen and its cost foretold. */
export interface CostFacts {
  choice: Pick<Choice, 'strategy'>;
  estimate: Estimate;
}
