import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes } from '../../../exit-code.js';
import { Fault } from '../../../fault.js';
import { CutOff } from '../../../rows/reader.js';
import type { RunningGhost } from '../process/running.js';
import { Watchdog } from '../process/watchdog.js';

const pollMs = 150;
/** Of gh-ost's queue (go/base/context.go, MaxEventsBatchSize): no more rows can be on their way from it to the copy. */
const queueSize = 1_000;
/** A heartbeat's time is given in hundredths of a second. */
const roundedMs = 10;

interface CatchingUp {
  signal: AbortSignal;
  /** As `performance.now()` counts. */
  deadline: number;
  /** How many changes are waiting, at each look. */
  tell?(backlog: number): void;
}

/**
 * Waits until gh-ost has applied to its copy what was in the binlog when this was called, for as long as gh-ost lives:
 * it may be paused, or be slower than the writers.
 *
 * It writes a heartbeat ten times a second and reads it in the binlog: when one that was written later has come back,
 * everything before it is in its queue or behind it. The queue is worked off by one hand and in order, heartbeats
 * included (go/logic/migrator.go, executeWriteFuncs, onChangelogHeartbeatEvent), so all is applied when
 * - as many changes more were applied as were in the queue and in that hand; or
 * - the queue was seen empty, and then, filled by heartbeats, seen to become shorter: what was in that hand was
 *   put down before.
 * @throws {Fault} where gh-ost has stopped living
 * @throws {CutOff} where the time is up; and the signal's reason
 */
export async function waitUntilCaughtUp(
  ghost: Pick<RunningGhost, 'status'>,
  { signal, deadline, tell = () => {} }: CatchingUp,
): Promise<void> {
  const start = performance.now();
  const watchdog = new Watchdog(start);
  let isMarkBack = false;
  let appliedThen: number | undefined;
  let sinceEmpty: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    if (performance.now() > deadline) throw new CutOff(true);
    const askedAt = performance.now();
    const status = await ghost.status();
    const wrong = watchdog.look(status, performance.now());
    if (wrong !== undefined) throw notLiving(wrong);
    if (status !== undefined && isMarkBack) {
      const { backlog, eventsApplied } = status;
      appliedThen ??= eventsApplied + backlog + queueSize;
      if (eventsApplied >= appliedThen || (sinceEmpty !== undefined && backlog < sinceEmpty)) return;
      if (backlog === 0 || sinceEmpty !== undefined) sinceEmpty = backlog;
      tell(backlog);
    } else if (status?.heartbeatLagMs !== undefined) {
      // Only the next status counts the queue: this one may have done so before the heartbeat came.
      isMarkBack = askedAt - status.heartbeatLagMs - roundedMs > start;
    }
    await sleep(pollMs, undefined, { signal });
  }
}

function notLiving(text: string): Fault {
  return new Fault(text, {
    id: 'gh-ost-hung',
    exitCode: exitCodes.ghostFailed,
    next: 'Look at the load of the server, and run it again.',
  });
}
