/**
 * alterwise as a library: what its command line calls.
 *
 * ```ts
 * const { settings } = await loadSettings({ flags: {}, env: process.env, cwd: process.cwd(), home: homedir() });
 * const statements = parseStatements('ALTER TABLE shop.orders ADD COLUMN note text');
 * const result = await run({
 *   run: randomUUID(),
 *   statements,
 *   settings,
 *   emit: (event) => console.error(event.type),
 *   signal: new AbortController().signal,
 * });
 * process.exitCode = result.exitCode;
 * ```
 *
 * `plan` and `run` throw a `Fault` where nothing could be begun; how a statement that was begun has ended stands
 * in the result. Nothing here writes to a terminal, listens to signals, or ends the process.
 */

export { type ExitCode, exitCodes, Fault, type FaultDetails } from './fault.js';
export type { Blocker } from './inspect/blockers.js';
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
  PromisedDefinition,
  Reason,
  Refusal,
  RejectedStrategy,
  Rename,
  Review,
  StrategyName,
  TableName,
  Verdict,
} from './plan/plan.js';
export type { OutcomeName, ReplicaState, RunResult, StatementResult } from './plan/result.js';
export { readPlanFile } from './planning/approved.js';
export type { Emit, Event, PhaseName, Progress } from './progress/event.js';
export type { Request } from './request.js';
export { plan, run } from './run.js';
export { type LoadedSettings, loadSettings, type SettingsInput } from './settings/load.js';
export { Secret } from './settings/secret.js';
export type {
  CheckSettings,
  ConnectionSettings,
  GhostSettings,
  ReviewSettings,
  Settings,
  TlsSettings,
} from './settings/settings.js';
export { parseMigration } from './sql/migration.js';
export { parseStatements } from './sql/parse.js';
export type {
  AlterStatement,
  Clause,
  DeclaredRename,
  PlainStatement,
  Reference,
  Statement,
  TouchedTable,
} from './sql/statement.js';
