/**
 * alterwise as a library: what its command line calls.
 *
 * {@link plan} and {@link run} throw a {@link Fault} where nothing could be begun; how a statement that was begun has
 * ended stands in the result. Nothing here writes to a terminal, listens to signals, or ends the process.
 *
 * @example
 * A plan that was reviewed is run as it was read.
 * ```ts
 * import { readFile, writeFile } from 'node:fs/promises';
 * import { exitCodes, Fault, loadSettings, type Plan, plan, run } from 'alterwise';
 *
 * const { settings } = await loadSettings({ flags: { 'review-rows': 0 } });
 * const planned = await plan({ sql: 'ALTER TABLE orders ADD COLUMN note text', settings });
 * await writeFile('plan.json', JSON.stringify(planned));
 * // Somebody reads it.
 * const approved: Plan = JSON.parse(await readFile('plan.json', 'utf8'));
 * try {
 *   const { exitCode, statements } = await run({ plan: approved, settings }).result;
 *   console.log(exitCode === exitCodes.done, statements[0]?.outcome); // true done
 * } catch (error) {
 *   if (!(error instanceof Fault)) throw error;
 *   console.log(error.id, error.exitCode, error.message, error.state, error.next);
 * }
 * ```
 *
 * @module
 */

export type { Event, PhaseName, Progress } from './documents/event.js';
export type {
  Check,
  Compatibility,
  CostClass,
  Costs,
  DurationRange,
  Estimate,
  Offer,
  Plan,
  PlannedAlter,
  PlannedPlain,
  PlannedServer,
  PlannedStatement,
  PlannedSwap,
  PromisedDefinition,
  Reason,
  RecordedScript,
  Refusal,
  RejectedStrategy,
  Rename,
  RevertTo,
  Review,
  StrategyName,
  Verdict,
} from './documents/plan.js';
export type { Blocker, OutcomeName, ReplicaState, RunResult, StatementResult } from './documents/result.js';
export { type ExitCode, exitCodes } from './exit-code.js';
export { Fault, type FaultDetails } from './fault.js';
export type { RunEvent } from './library/event-queue.js';
export {
  type Approved,
  type LoadedSettings,
  loadSettings,
  type PlanOptions,
  plan,
  type Running,
  type RunOptions,
  run,
  type SettingsSources,
  type Sql,
  type Statements,
} from './library/run.js';
export { readPlanFile } from './plan/approved.js';
export type { Address } from './settings/address.js';
export { Secret } from './settings/secret.js';
export type {
  CheckSettings,
  ConnectionSettings,
  CutOverSettings,
  GhostSettings,
  KillSettings,
  ReviewSettings,
  Settings,
  TlsSettings,
} from './settings/settings.js';
export type { DailyWindow } from './settings/window.js';
export { parseMigration } from './sql/migration.js';
export type { TableName } from './sql/names.js';
export { parseStatements } from './sql/parse.js';
export type {
  AlterStatement,
  Clause,
  DeclaredRename,
  PlainStatement,
  PlainVerb,
  Reference,
  Statement,
  TouchedTable,
} from './sql/statement.js';
