import { z } from 'zod';
import { strategyNames } from './strategies.js';
import { amount, count, ExitCode, instant, list, TableName, version } from './values.js';

export const StrategyName = z.enum(strategyNames);
export type StrategyName = z.infer<typeof StrategyName>;

/**
 * What the server does for a change, as the probe found:
 * `instant` metadata by ALGORITHM=INSTANT · `metadata` INPLACE without rebuild or scan · `scan` reads the table
 * with LOCK=NONE · `rebuild` rewrites it with LOCK=NONE · `shared` works in place but blocks writers · `copy`
 * copies and blocks writers · `online-copy` copies with LOCK=NONE (MariaDB 11.2 and later) · `unknown` not probed.
 */
export const CostClass = z.enum([
  'instant',
  'metadata',
  'scan',
  'rebuild',
  'shared',
  'copy',
  'online-copy',
  'unknown',
]);
export type CostClass = z.infer<typeof CostClass>;

/** Why something was chosen or refused: a stable id and one sentence. */
export interface Reason extends z.infer<typeof Reason> {}
export const Reason = z.object({
  id: z.string(),
  text: z.string(),
  /** The server's error number, if the server refused. */
  errno: z.int().exactOptional(),
});

/** From and to, in milliseconds. */
export interface DurationRange extends z.infer<typeof DurationRange> {}
export const DurationRange = z.object({ low: amount, high: amount });

/** What a strategy needs, and whom it delays; what is unknown or nothing is absent. */
export interface Costs extends z.infer<typeof Costs> {}
export const Costs = z.object({
  diskBytes: count.exactOptional(),
  binlogBytes: count.exactOptional(),
  /** The longest that writers may stall. */
  writerStallMs: amount.exactOptional(),
  /** How far replicas fall behind. */
  replicaDelayMs: DurationRange.exactOptional(),
});

/** A strategy that was not chosen. */
export interface RejectedStrategy extends z.infer<typeof RejectedStrategy> {}
export const RejectedStrategy = z.object({
  ...Costs.shape,
  strategy: StrategyName,
  reason: Reason,
  durationMs: DurationRange.exactOptional(),
});

/** What the change is predicted to take; what is unknown is absent. */
export interface Estimate extends z.infer<typeof Estimate> {}
export const Estimate = z.object({
  ...Costs.shape,
  rows: count.exactOptional(),
  rowsExact: z.boolean().exactOptional(),
  dataBytes: count.exactOptional(),
  indexBytes: count.exactOptional(),
  durationMs: DurationRange.exactOptional(),
  /** True if durations come from general rates instead of a measured sample. */
  rough: z.boolean(),
  /** How many rows the sample had, if one was measured. */
  sampledRows: count.exactOptional(),
  /** How long earlier runs on this server took, relative to their predictions. */
  corrected: z.object({ factor: z.number().positive(), runs: z.int().min(1) }).exactOptional(),
  /** Row changes per second on the table at the time of planning. */
  writesPerSecond: amount.exactOptional(),
});

/** A hazard that was looked for, and what was found. */
export interface Check extends z.infer<typeof Check> {}
export const Check = z.object({
  id: z.string(),
  level: z.enum(['ok', 'warning', 'danger', 'unknown']),
  text: z.string(),
  count: count.exactOptional(),
  /** Keys of offending rows, as `id=5`; up to five. */
  samples: list(z.unknown()).exactOptional(),
  /** What fixes it, and the statement that finds or fixes the rows. */
  fix: z.string().exactOptional(),
  /** This danger cannot be accepted with `--accept`: rows would be lost, or the server would refuse them anyway. */
  final: z.literal(true).exactOptional(),
  /** This danger was accepted with `--accept`. */
  accepted: z.literal(true).exactOptional(),
});

/** Whether one version of the application works on one version of the schema, and why not. */
export interface Verdict extends z.infer<typeof Verdict> {}
export const Verdict = z.object({ works: z.enum(['yes', 'maybe', 'no']), reasons: list(Reason) });

/** What a change means for an application that is deployed before or after it. */
export interface Compatibility extends z.infer<typeof Compatibility> {}
export const Compatibility = z.object({
  /** The current application on the new schema: between the change and the deploy. */
  previousOnNew: Verdict,
  /** The next application on the current schema: if the deploy comes first, or the schema is reverted. */
  newOnPrevious: Verdict,
  /** The steps that would make it safe (expand, move, contract); empty if it is. */
  steps: list(z.string()),
});

export interface Rename extends z.infer<typeof Rename> {}
export const Rename = z.object({ from: z.string(), to: z.string() });

/** What the table will be after the change; the result is verified against it. */
export interface PromisedDefinition extends z.infer<typeof PromisedDefinition> {}
export const PromisedDefinition = z.object({
  /** SHOW CREATE TABLE before the change, normalized. */
  before: z.string(),
  /** The same after the change; absent if the probe was switched off. */
  after: z.string().exactOptional(),
  /** False if the lines of `after` are known, but not their order. */
  ordered: z.boolean(),
  renames: list(Rename),
});

/** When a complete shadow table takes the place of the original table. */
export interface PlannedSwap extends z.infer<typeof PlannedSwap> {}
export const PlannedSwap = z.object({
  /** `manual`: when somebody runs `alterwise cut-over`. */
  when: z.enum(['auto', 'manual']),
  /** With its time zone. */
  window: z.string().exactOptional(),
  /** The command of `--cut-over-gate` must succeed first. Its text may hold a secret. */
  gate: z.literal(true).exactOptional(),
  /** How long the cut-over may wait; absent if that depends on how long the row copy takes. */
  waitMs: amount.exactOptional(),
  /** How long all attempts together may block writers. */
  totalStallMs: amount,
});

/** An old table that gh-ost puts back with the writes made since, instead of copying rows. */
export interface RevertTo extends z.infer<typeof RevertTo> {}
export const RevertTo = z.object({
  name: z.string(),
  /** The GTID set up to which both tables hold the same rows. */
  coordinates: z.string(),
});

/** Only with the strategy `refuse`. */
export interface Refusal extends z.infer<typeof Refusal> {}
export const Refusal = z.object({ exitCode: ExitCode, next: z.string() });

/** What every statement of a plan has. */
const Planned = z.object({
  sql: z.string(),
  reasons: list(Reason),
  rejected: list(RejectedStrategy),
  estimate: Estimate,
  checks: list(Check),
  /** For the ticket: what is locked, for how long, and who notices. */
  sentence: z.string(),
  fingerprint: z.string().regex(/^sha256:/),
  refusal: Refusal.exactOptional(),
});

/** A change of one table's schema. */
export interface PlannedAlter extends z.infer<typeof PlannedAlter> {}
export const PlannedAlter = Planned.extend({
  kind: z.literal('alter'),
  table: TableName,
  /** What follows `ALTER TABLE t`, without ALGORITHM and LOCK. */
  spec: z.string(),
  strategy: StrategyName,
  class: CostClass,
  /** `ALGORITHM=…, LOCK=…`: a direct ALTER runs with exactly this. */
  clause: z.string().exactOptional(),
  /** Absent if it was not probed, or changes nothing. */
  compatibility: Compatibility.exactOptional(),
  /** Its rows are checked when its turn comes, because a statement before it changes them. */
  asksLater: z.literal(true).exactOptional(),
  /** Only with the strategy `gh-ost`. */
  swap: PlannedSwap.exactOptional(),
  promise: PromisedDefinition,
  revertTo: RevertTo.exactOptional(),
});

/** Another statement of a migration, which runs in its place. */
export interface PlannedPlain extends z.infer<typeof PlannedPlain> {}
export const PlannedPlain = Planned.extend({
  kind: z.literal('plain'),
  /** Its leading words: `CREATE TABLE`, `UPDATE`, `SET`. */
  verb: z.string(),
  strategy: z.enum(['nothing', 'plain', 'refuse']),
  class: z.literal('unknown'),
  /** The first of the tables that it touches. */
  table: TableName.exactOptional(),
  touches: list(TableName),
});

export type PlannedStatement = PlannedAlter | PlannedPlain;
export const PlannedStatement = z.discriminatedUnion('kind', [PlannedAlter, PlannedPlain]);

export interface PlannedServer extends z.infer<typeof PlannedServer> {}
export const PlannedServer = z.object({
  flavor: z.string(),
  version: z.string(),
  uuid: z.string().exactOptional(),
  host: z.string(),
  replicas: count.exactOptional(),
  ghOst: z.object({ path: z.string(), version: z.string() }).exactOptional(),
});

/** Whether somebody has to review the plan before it is run. */
export interface Review extends z.infer<typeof Review> {}
export const Review = z.object({ required: z.boolean(), reasons: list(Reason) });

/** Changes of one table that could be made as one. */
export interface Offer extends z.infer<typeof Offer> {}
export const Offer = z.object({
  /** Which statements, counted from 1. */
  statements: z.array(z.int().min(1)).min(2).readonly(),
  table: TableName,
  /** The statement that would replace them. */
  sql: z.string(),
  /** How much less time it would take; absent if unknown. */
  savedMs: amount.exactOptional(),
  text: z.string(),
});

/** The statements are those of a script that ran against a clone of the schema. */
export interface RecordedScript extends z.infer<typeof RecordedScript> {}
export const RecordedScript = z.object({
  /** What could not be seen there. */
  unforeseen: list(Reason),
  /** It would record that it has run something. */
  pending: z.literal(true).exactOptional(),
});

/** A plain value: it can be printed, saved as JSON, reviewed, and executed later. */
export interface Plan extends z.infer<typeof Plan> {}
export const Plan = z.object({
  version,
  id: z.string(),
  createdAt: instant,
  server: PlannedServer,
  statements: list(PlannedStatement),
  review: Review,
  /** The run that this plan takes back; only `alterwise revert` executes it. */
  reverts: z.string().exactOptional(),
  /** Cheaper ways to write the same migration. */
  offers: list(Offer).exactOptional(),
  script: RecordedScript.exactOptional(),
});
