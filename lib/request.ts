import type { Plan, StrategyName } from './plan/plan.js';
import type { Emit } from './progress/event.js';
import type { Reverted } from './revert/reverted.js';
import type { Journal } from './runs/journal.js';
import type { Steering } from './runs/steering.js';
import type { Settings } from './settings/settings.js';
import type { Statement } from './sql/statement.js';

/** What `plan` and `run` are asked for. */
export interface Request {
  /** What the run is called, in events and results. */
  run: string;
  statements: readonly Statement[];
  settings: Settings;
  emit: Emit;
  /** Aborted: stop, put everything back, and say what is so. */
  signal: AbortSignal;
  /** Aborted as well: stop at once and only say what is left. */
  hurry?: AbortSignal;
  /** Absent: nobody steers it. */
  steering?: Steering;
  /** Absent: no record is kept. */
  journal?: Journal;
  /** For each statement what it takes back; absent: it is a change of its own. */
  reverts?: readonly Reverted[];
  /** The run that this one goes on with. */
  resumes?: {
    run: string;
    planned: readonly { fingerprint: string; strategy: StrategyName }[];
    /** Ids of the dangers that it was allowed to pass. */
    accepted: readonly string[];
  };
  /** A plan that was approved: it is run if it still holds. */
  approved?: Plan;
  /** Told when the plan may be run, its locks are taken, and work begins; of each statement that has work. */
  begins?: () => void;
  /** Asks a person whether to go on with a plan that has to be reviewed; absent where nobody can be asked. */
  confirm?: (plan: Plan, signal: AbortSignal) => Promise<boolean>;
}
