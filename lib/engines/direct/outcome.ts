import { type Ending, ending } from '../../documents/ending.js';
import type { PlannedAlter } from '../../documents/plan.js';
import type { Blocker } from '../../documents/result.js';
import { exitCodes } from '../../exit-code.js';
import { tableLabel } from '../../sql/names.js';
import { killAdvice } from '../../text/blockers.js';
import type { TableState } from '../../verify/definition.js';
import { planAgain, reasons } from '../reasons.js';
import type { StatementEnd } from './statement.js';

/** How a direct ALTER ended, by what was heard of it. */
export type DirectEnd = {
  attempts: number;
  /** The longest that an attempt waited for its lock without success. */
  longestWaitMs: number;
  /** What the last attempt took, its wait for the lock included. */
  statementMs: number;
  /** Whose connections were ended, since they held the table. */
  ended: readonly Blocker[];
} & (
  | StatementEnd
  | { end: 'lock-timeout'; blockers: readonly Blocker[] }
  /** The connection was lost while waiting, before an ALTER was sent. */
  | { end: 'not-sent'; error: Error }
);

/** What stands there, or that an ALTER without its client is still at it. */
export type SeenState = TableState | { state: 'still-running' };

interface Timing {
  startedAt: string;
  durationMs: number;
}

/**
 * What became of the ALTER, from how it ended and from what the table looks like now: if the two disagree, the table is
 * right. Pure.
 * @param seen absent if the server could not be asked
 * @param aborted whether alterwise was asked to stop
 */
export function decide(
  statement: PlannedAlter,
  end: DirectEnd,
  seen: SeenState | undefined,
  timing: Timing,
  aborted: boolean,
): Ending {
  const name = tableLabel(statement.table);
  const facts = {
    ...timing,
    attempts: end.attempts,
    ...stall(statement, end),
    ...(end.ended.length > 0 && { ended: end.ended }),
  };
  const lookAtTable = `SHOW CREATE TABLE ${name}`;
  // FORCE and ENGINE= change nothing that can be seen: the definition proves nothing then.
  const isVisible = statement.promise.after !== statement.promise.before;
  switch (seen?.state) {
    case undefined:
      return ending('unknown', {
        ...facts,
        reason: reasons.connectionLost(
          `The server cannot be asked what became of the ALTER: ${textOf(end)}.`,
        ),
        state: `Whether ${name} was changed is unknown.`,
        next: `When the server answers again: SHOW PROCESSLIST (does an ALTER still run?), then ${lookAtTable}.`,
      });
    case 'still-running': {
      const id = end.end === 'lost' ? end.connectionId : undefined;
      return ending('unknown', {
        ...facts,
        reason: reasons.connectionLost(
          `The connection was lost, and the ALTER is still running: ${textOf(end)}`,
        ),
        state: `${name} will be changed when it ends, unless it is stopped.`,
        next: `SHOW PROCESSLIST shows it${id === undefined ? '' : ` as connection ${id}: KILL QUERY ${id} stops it`}. Then ${lookAtTable}.`,
      });
    }
    case 'gone':
      return ending('refused', {
        ...facts,
        exitCode: exitCodes.drifted,
        reason: reasons.drifted('Somebody else dropped or renamed the table.'),
        state: `There is no ${name} any more.`,
        next: planAgain,
      });
    case 'different':
      return ending('verification-failed', {
        ...facts,
        reason: reasons.notAsPromised('The definition is not what the plan promised.'),
        state: `${name} is neither as it was nor as planned: somebody else changed it at the same time.`,
        next: `Compare ${lookAtTable} with the plan.`,
      });
    case 'as-before':
      if (end.end !== 'done' || !isVisible) break;
      return ending('verification-failed', {
        ...facts,
        reason: reasons.notAsPromised(
          'The server reported the ALTER as done, but the definition is the same.',
        ),
        state: `${name} is as it was: somebody has put it back, or another server answers (a proxy that sends reads to a replica).`,
        next: `Look at ${lookAtTable} on the primary.`,
      });
    case 'as-promised':
      if (end.end === 'done' || !isVisible) break;
      return ending('done', {
        ...facts,
        reason: { id: 'done-nevertheless', text: `The change is in place, although: ${textOf(end)}` },
        state: `${name} is as planned.`,
      });
  }
  return byEnd(statement, end, facts, isVisible, aborted);
}

function byEnd(
  statement: PlannedAlter,
  end: DirectEnd,
  facts: Timing & { attempts: number },
  isVisible: boolean,
  aborted: boolean,
): Ending {
  const name = tableLabel(statement.table);
  const state = `${name} is as it was.`;
  switch (end.end) {
    case 'done':
      return ending('done', {
        ...facts,
        reason: reasons.done(`Changed with ${statement.clause ?? 'no clause'}, and verified.`),
        state: `${name} is as planned.`,
      });
    case 'lock-timeout': {
      const { blockers } = end;
      const reason = reasons.lockTimeout('The lock on the table was not free within the budget.');
      return ending('lock-timeout', { ...facts, reason, state, next: killAdvice(blockers), blockers });
    }
    case 'killed': {
      if (aborted) return ending('aborted', { ...facts, reason: reasons.aborted(), state });
      const text = 'The ALTER ran far longer than predicted, so alterwise stopped it.';
      const reason = { id: 'took-too-long', text };
      const exitCode = exitCodes.lockTimeout;
      return ending('aborted', { ...facts, exitCode, reason, state, next: 'Use --strategy gh-ost.' });
    }
    case 'refused': {
      const { errno, message } = end.error;
      const reason = reasons.serverRefused(errno, `The server refused it: ${message}`);
      const next = dataErrors.get(errno) ?? 'Fix what the message names, and run it again.';
      return ending('refused', { ...facts, reason, state, next });
    }
    case 'not-sent': {
      const text = `The connection was lost before the ALTER was sent: ${end.error.message}`;
      const next = 'Run it again when the server answers.';
      const reason = reasons.connectionLost(text);
      return ending('refused', { ...facts, exitCode: exitCodes.environment, reason, state, next });
    }
    case 'lost': {
      const reason = reasons.connectionLost(
        `The connection was lost while the ALTER ran: ${end.error.message}`,
      );
      if (end.connectionId === undefined) {
        return ending('unknown', {
          ...facts,
          reason,
          state: `${name} is unchanged so far, but the ALTER may still be running; behind a proxy alterwise cannot tell.`,
          next: `On the server itself: SHOW PROCESSLIST (does an ALTER still run?), then SHOW CREATE TABLE ${name}.`,
        });
      }
      const next = 'Run it again: alterwise skips what is already in place.';
      if (isVisible) {
        return ending('refused', { ...facts, exitCode: exitCodes.environment, reason, state, next });
      }
      const either = `Whether ${name} was rebuilt is unknown; its definition is the same either way.`;
      return ending('unknown', { ...facts, reason, state: either, next });
    }
  }
}

const dataErrors = new Map([
  [1062, 'Two rows have the same key: find them with GROUP BY … HAVING COUNT(*) > 1, and fix them.'],
  [1138, 'A row has NULL where the column is to be NOT NULL: UPDATE it first.'],
  [1265, 'A value does not fit the new type: find and fix it.'],
  [1264, 'A value is out of range of the new type: find and fix it.'],
  [1406, 'A value is too long for the new type: find and fix it.'],
]);

function textOf(end: DirectEnd): string {
  if ('error' in end) return end.error.message;
  const texts = {
    done: 'the server reported it as done',
    killed: 'alterwise had told it to stop',
    'lock-timeout': 'the lock was not free',
  };
  return texts[end.end];
}

/** Known if writers are blocked throughout, or if nothing happened except waiting for the lock. */
function stall({ strategy }: PlannedAlter, end: DirectEnd): { writerStallMs?: number } {
  if (end.attempts === 0) return {};
  const isOnline = strategy === 'inplace' && end.end !== 'lock-timeout';
  const heldMs = isOnline ? end.longestWaitMs : Math.max(end.longestWaitMs, end.statementMs);
  return isOnline && heldMs === 0 ? {} : { writerStallMs: Math.round(heldMs) };
}
