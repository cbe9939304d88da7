import { commandGate } from '../../../cut-over/command-gate.js';
import type { BlockerEnder } from '../../../cut-over/end-blockers.js';
import {
  type Gate,
  lookAgain,
  manualGate,
  pauseGate,
  type Stall,
  stallGate,
} from '../../../cut-over/gate.js';
import { lagGate, replicaGate } from '../../../cut-over/lag-gates.js';
import { quietGate } from '../../../cut-over/quiet.js';
import { windowGate } from '../../../cut-over/window.js';
import type { PlannedAlter } from '../../../documents/plan.js';
import type { GhostContext } from '../context.js';
import { usualDmlBatchSize } from '../process/arguments.js';
import type { RunningGhost } from '../process/running.js';
import { throttled } from '../read-throttle.js';
import { shadowTables } from '../tables/names.js';

/** For the table to be quiet; then the other gates are looked at again. */
const longestLookMs = 10_000;

/** A copy that is complete. */
export interface Copied {
  rows: number;
  /** How long it took. */
  ms: number;
}

interface Waiting {
  copied: Copied;
  /** On a monotonic clock. */
  deadline: number;
  /** What attempts so far have cost. */
  stall: Stall;
  ender?: BlockerEnder | undefined;
  /** Aborts also when gh-ost has ended. */
  signal: AbortSignal;
}

/**
 * All that has to hold before a complete row copy is cut over, in the order in which it is checked: what a person or the
 * clock says comes first, and last what changes from one moment to the next.
 */
export function cutOverGates(
  ghost: RunningGhost,
  statement: PlannedAlter,
  { settings, decisions, server, steering, journal, emit }: GhostContext,
  { copied, deadline, stall, ender, signal }: Waiting,
): Gate[] {
  const { connection } = settings;
  const { cutOver, lockBudgetMs } = decisions;
  const timeoutMs = settings.ghost.cutOverLockTimeoutSeconds * 1_000;
  // It waits for its lock for twice the timeout (gh-ost issue 952), and has the timeout itself to apply what is left.
  const attemptMs = 2 * timeoutMs;
  // Somebody may set them while it waits.
  const maxLagMs = () => steering?.values.maxLagMs ?? settings.ghost.maxLagMs;
  const facts = {
    ...(journal && { ALTERWISE_RUN: journal.run }),
    ALTERWISE_SCHEMA: statement.table.schema,
    ALTERWISE_TABLE: statement.table.name,
    ALTERWISE_STATEMENT: statement.sql,
    ALTERWISE_ROWS_COPIED: String(copied.rows),
    ALTERWISE_COPY_SECONDS: String(Math.round(copied.ms / 1_000)),
  };
  const close = [
    replicaGate(
      connection,
      decisions.throttleReplicas,
      { schema: statement.table.schema, name: shadowTables(statement.table.name).changelog },
      maxLagMs,
    ),
    lagGate(
      async () => {
        const [status, by] = [await ghost.status(), await throttled(settings)];
        return status && { ...status, ...(by !== undefined && { throttled: by }) };
      },
      () => ({
        backlog: steering?.values.dmlBatchSize ?? settings.ghost.dmlBatchSize ?? usualDmlBatchSize,
        lagMs: Math.min(maxLagMs(), timeoutMs),
      }),
    ),
  ];
  const paused = pauseGate(steering);
  return [
    paused,
    manualGate(cutOver.when, steering),
    stallGate({ totalMs: cutOver.stallTotalMs, attemptMs }, stall, steering),
    windowGate(cutOver.window, attemptMs + timeoutMs + longestLookMs),
    commandGate(cutOver.gate, { facts, secrets: secretsOf(connection), signal }),
    ...close,
    lookAgain(
      quietGate(connection, server, statement.table, {
        olderThanMs: timeoutMs,
        doubtMs: Math.min(Math.max(lockBudgetMs, copied.ms), cutOver.waitMs ?? Number.POSITIVE_INFINITY) / 2,
        lookMs: () => Math.max(0, Math.min(longestLookMs, deadline - performance.now())),
        emit,
        signal,
        ender,
      }),
      close,
    ),
    // Those before take seconds: it may have shut meanwhile, or somebody has said pause.
    windowGate(cutOver.window, attemptMs + timeoutMs),
    paused,
  ];
}

function secretsOf({ password }: GhostContext['settings']['connection']): string[] {
  return password === undefined ? [] : [password.reveal()];
}
