import type { Plan } from './plan.js';
import type { Blocker, StatementResult } from './result.js';

export type PhaseName =
  | 'inspect'
  | 'probe'
  | 'check'
  | 'rehearse'
  | 'copy'
  | 'apply'
  | 'wait-cut-over'
  | 'cut-over'
  | 'verify'
  | 'clean-up';

/** What is not known is absent: never 0, never 100. */
export interface Progress {
  rowsCopied?: number;
  rowsTotal?: number;
  /** 0 to 100; below 100 until the work is really done. */
  percent?: number;
  etaMs?: number;
  rowsPerSecond?: number;
  /** Row changes of the application that gh-ost has applied to the shadow table. */
  eventsApplied?: number;
  backlog?: number;
  lagMs?: number;
  /** Why the copy stands still. */
  throttled?: string;
  /** What the server says it is doing (direct ALTER: stage name). */
  stage?: string;
}

/** Everything that happens in a run; reporters turn it into text, the run record keeps it. */
export type Event =
  | { type: 'plan'; plan: Plan }
  | { type: 'phase'; phase: PhaseName; table: string; text: string }
  | ({ type: 'progress'; table: string; phase: PhaseName; elapsedMs: number } & Progress)
  | {
      type: 'attempt';
      table: string;
      attempt: number;
      lockWaitSeconds: number;
      text: string;
      blockers: readonly Blocker[];
    }
  | { type: 'blockers'; table: string; text: string; blockers: readonly Blocker[] }
  | { type: 'warning'; id: string; text: string; table?: string }
  | { type: 'gh-ost'; level: string; text: string }
  | { type: 'outcome'; result: StatementResult };

/** Where events go. Must not throw and must not block. */
export type Emit = (event: Event) => void;
