import { z } from 'zod';
import { Reason } from './plan.js';
import { count, ExitCode, list, TableName, version } from './values.js';

/** Something that a run left behind, or that looks like it. */
export interface Leftover extends z.infer<typeof Leftover> {}
export const Leftover = z.strictObject({
  kind: z.enum(['table', 'schema', 'folder', 'socket', 'process', 'setting']),
  /** `schema.table`, a path, or `gh-ost 1234`. */
  name: z.string(),
  run: z.string().exactOptional(),
  ageMs: z.int().exactOptional(),
  bytes: count.exactOptional(),
  /** What it is, for people. */
  what: z.string(),
  /**
   * `removable`: a run's record and its own mark prove that alterwise created it, and nobody needs it. `kept`:
   * alterwise created it, and the time to keep it has not passed. `in-use`: a run is using it. `not-ours`: no proof;
   * it is listed and never removed.
   */
  verdict: z.enum(['removable', 'kept', 'in-use', 'not-ours']),
  /** What became of it; only with `--apply`. */
  removal: z
    .discriminatedUnion('removed', [
      z.strictObject({ removed: z.literal(true) }),
      z.strictObject({ removed: z.literal(false), why: z.string() }),
    ])
    .exactOptional(),
});

export const CleanAnswer = z.strictObject({ version, leftovers: list(Leftover) });

/** A change that is not in place. */
export interface Missing extends z.infer<typeof Missing> {}
export const Missing = z.strictObject({
  sql: z.string(),
  table: TableName.exactOptional(),
  /** What would be done, or why the change is neither in place nor possible. */
  reason: Reason,
});

/** Whether every change of a plan is in place. */
export interface InPlace extends z.infer<typeof InPlace> {}
export const InPlace = z.strictObject({
  /** How many changes are in place. */
  inPlace: count,
  missing: list(Missing),
  /** Statements that leave no trace in the schema: they write rows, or set something for a session. */
  notLookedAt: list(z.string()),
  /** Of a script: what could not be seen. */
  unforeseen: list(Reason).exactOptional(),
  /** Of a script: it has something left to run, even if that changes no schema. */
  pending: z.literal(true).exactOptional(),
});

export const VerifyAnswer = InPlace.extend({ version, exitCode: z.literal([0, 8]) });

/** What `pause`, `resume`, `set`, `cut-over` and `abort` print. */
export const OrderAnswer = z.strictObject({
  version,
  run: z.string(),
  /** What is true now. */
  text: z.string(),
});

/** What ended a command before there was a result. */
export interface ErrorAnswer extends z.infer<typeof ErrorAnswer> {}
export const ErrorAnswer = z.object({
  version,
  exitCode: ExitCode,
  error: z.object({
    /** Stable, kebab-case. */
    id: z.string(),
    /** What happened. */
    text: z.string(),
    /** The state of the table now. */
    state: z.string(),
    /** What to do next. */
    next: z.string().exactOptional(),
  }),
});
