import { z } from 'zod';
import { Plan } from './plan.js';
import { Blocker, StatementResult } from './result.js';
import { amount, count, instant, list, version } from './values.js';

export const PhaseName = z.enum([
  'inspect',
  'probe',
  'check',
  'rehearse',
  'copy',
  'apply',
  'wait-cut-over',
  'cut-over',
  'verify',
  'clean-up',
]);
export type PhaseName = z.infer<typeof PhaseName>;

/** What is unknown is absent: never 0, never 100. */
export interface Progress extends z.infer<typeof Progress> {}
export const Progress = z.object({
  rowsCopied: count.exactOptional(),
  rowsTotal: count.exactOptional(),
  /** 0 to 100; below 100 until the work is really done. */
  percent: z.number().min(0).max(100).exactOptional(),
  /** Time left. */
  etaMs: amount.exactOptional(),
  rowsPerSecond: amount.exactOptional(),
  /** Row changes of the application that gh-ost has applied to the shadow table. */
  eventsApplied: count.exactOptional(),
  /** Row changes that gh-ost has read and not yet applied. */
  backlog: count.exactOptional(),
  /** Replica lag. */
  lagMs: amount.exactOptional(),
  /** Why the row copy is paused. */
  throttled: z.string().exactOptional(),
  /** What the server says it is doing (direct ALTER: stage name). */
  stage: z.string().exactOptional(),
});

/** Everything that happens in a run; reporters turn it into text, the run record keeps it. */
export type Event = z.infer<typeof Event>;
export const Event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('plan'), plan: Plan }),
  z.object({ type: z.literal('phase'), phase: PhaseName, table: z.string(), text: z.string() }),
  z.object({
    type: z.literal('progress'),
    table: z.string(),
    phase: PhaseName,
    /** Since the phase began. */
    elapsedMs: amount,
    ...Progress.shape,
  }),
  z.object({
    type: z.literal('attempt'),
    table: z.string(),
    attempt: count,
    lockWaitSeconds: amount,
    text: z.string(),
    blockers: list(Blocker),
  }),
  z.object({ type: z.literal('blockers'), table: z.string(), text: z.string(), blockers: list(Blocker) }),
  z.object({
    type: z.literal('warning'),
    id: z.string(),
    text: z.string(),
    table: z.string().exactOptional(),
  }),
  z.object({ type: z.literal('gh-ost'), level: z.string(), text: z.string() }),
  z.object({ type: z.literal('outcome'), result: StatementResult }),
]);

/** Where events go. Must not throw and must not block. */
export type Emit = (event: Event) => void;

/** An event as one line of NDJSON. */
export const EventLine = z.intersection(z.object({ version, time: instant, run: z.string() }), Event);
export type EventLine = z.infer<typeof EventLine>;
