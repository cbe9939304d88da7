import type { Emit } from '../documents/event.js';
import type { Plan, StrategyName } from '../documents/plan.js';
import type { KeptTable } from '../documents/record.js';
import type { Engine } from '../engines/engine.js';
import type { Journal, Steering } from '../runs/steering.js';
import type { Settings } from '../settings/settings.js';
import type { TableName } from '../sql/names.js';
import type { Statement } from '../sql/statement.js';

/** What `plan` and `run` are asked for. */
export interface Request {
  /** What the run is called, in events and results. */
  run: string;
  statements: readonly Statement[];
  settings: Settings;
  /** Absent: those of alterwise. */
  engines?: readonly Engine[];
  emit: Emit;
  /** Aborted: stop, put everything back, and report the state. */
  signal: AbortSignal;
  /** Aborted as well: stop at once and only say what is left. */
  hurry?: AbortSignal;
  /** Absent: nobody steers it. */
  steering?: Steering;
  /** Absent: no record is kept. */
  journal?: Journal;
  /** For each statement what it takes back; absent: it is a change of its own. */
  reverts?: readonly Reverted[];
  /** The run that this one resumes. */
  resumes?: {
    run: string;
    planned: readonly { fingerprint: string; strategy: StrategyName }[];
    /** Ids of the dangers that it was allowed to pass. */
    accepted: readonly string[];
  };
  decisions?: Decisions;
  /** A plan that was approved: it is run if it still holds. */
  approved?: Plan;
  /** Told when the plan may be run, its locks are taken, and work begins; of each statement that has work. */
  begins?: () => void;
  /** Asks a person whether to run a plan that requires a review; absent if nobody can be asked. */
  confirm?: (plan: Plan, signal: AbortSignal) => Promise<boolean>;
}

/** What was decided once the settings had been read, and goes beyond them. Absent: as the settings say. */
export interface Decisions {
  /** Ids of dangers that may pass, beside those of `--accept`. */
  accepted?: readonly string[];
  /** Durations come from general rates: a sample would not change what is done. */
  forecast?: 'rates';
  /** It was reviewed before, as part of something larger. */
  reviewed?: true;
}

/** How many rows a table may have without a review. */
export function reviewLimit({ settings, decisions }: Request): number {
  return decisions?.reviewed === true ? Number.POSITIVE_INFINITY : settings.review.rows;
}

/** What a statement of a revert takes back. */
export interface Reverted {
  run: string;
  table: TableName;
  /** The old table, if gh-ost kept one and nothing of this run changed the table after it. */
  kept?: KeptTable;
  /** What cannot come back. */
  losses: readonly { id: string; text: string }[];
}

/** Ids of the dangers that may pass: of `--accept`, of the plan that was approved, of the run that is resumed. */
export function acceptedIds({ settings, approved, resumes, decisions }: Request): readonly string[] {
  const passed =
    approved?.statements.flatMap(({ checks }) => checks.filter(({ accepted }) => accepted)) ?? [];
  const { accept } = settings.checks;
  return [
    ...accept,
    ...passed.map(({ id }) => id),
    ...(resumes?.accepted ?? []),
    ...(decisions?.accepted ?? []),
  ];
}
