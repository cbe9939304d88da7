import { type Ending, ending } from '../../documents/ending.js';
import type { PlannedAlter, Reason } from '../../documents/plan.js';
import type { Blocker, OutcomeName } from '../../documents/result.js';
import { exitCodes } from '../../exit-code.js';
import type { UnseenHolder } from '../../inspect/unseen-holders.js';
import { tableLabel } from '../../sql/names.js';
import { killAdvice } from '../../text/blockers.js';
import { asItWas } from '../../text/labels.js';
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
  /** `unseen`: what no connection at the table is to blame for. */
  | { end: 'lock-timeout'; blockers: readonly Blocker[]; unseen?: readonly UnseenHolder[] }
  /** The connection was lost while waiting, before an ALTER was sent. */
  | { end: 'not-sent'; error: Error }
);

/** What stands there, or that an ALTER without its client is still at it. */
export type SeenState = TableState | { state: 'still-running' };

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
  timing: { startedAt: string; durationMs: number },
  aborted: boolean,
): Ending {
  const name = tableLabel(statement.table);
  const lookAtTable = `SHOW CREATE TABLE ${name}`;
  const asPlanned = `${name} is as planned.`;
  const unchanged = asItWas(name);
  const environment = { exitCode: exitCodes.environment } as const;
  const facts = {
    ...timing,
    attempts: end.attempts,
    ...stall(statement, end),
    ...(end.ended.length > 0 && { ended: end.ended }),
  };
  const as = <O extends OutcomeName>(
    outcome: O,
    reason: Reason,
    state: string,
    next?: string,
    more?: Partial<Parameters<typeof ending<O>>[1]>,
  ) => ending(outcome, { ...facts, reason, state, ...(next !== undefined && { next }), ...more });
  // FORCE and ENGINE= change nothing that can be seen: the definition proves nothing then.
  const isVisible = statement.promise.after !== statement.promise.before;
  switch (seen?.state) {
    case undefined: {
      const reason = reasons.connectionLost(
        `Cannot ask the server what became of the ALTER: ${textOf(end)}.`,
      );
      const next = `When the server answers again: SHOW PROCESSLIST (does an ALTER still run?), then ${lookAtTable}.`;
      return as('unknown', reason, `Whether ${name} was changed is unknown.`, next);
    }
    case 'still-running': {
      const id = end.end === 'lost' ? end.connectionId : undefined;
      const reason = reasons.connectionLost(
        `The connection was lost, and the ALTER is still running: ${textOf(end)}`,
      );
      const kill = id === undefined ? '' : ` as connection ${id}: KILL QUERY ${id} stops it`;
      const next = `SHOW PROCESSLIST shows it${kill}. Then ${lookAtTable}.`;
      return as('unknown', reason, `${name} will be changed when it ends, unless it is stopped.`, next);
    }
    case 'gone': {
      const reason = reasons.drifted('Somebody else dropped or renamed the table.');
      const exitCode = exitCodes.drifted;
      return as('refused', reason, `There is no ${name} any more.`, planAgain, { exitCode });
    }
    case 'different': {
      const reason = reasons.notAsPromised('The definition is not what the plan promised.');
      const state = `${name} is neither as it was nor as planned: somebody else changed it at the same time.`;
      return as('verification-failed', reason, state, `Compare ${lookAtTable} with the plan.`);
    }
    case 'as-before': {
      if (end.end !== 'done' || !isVisible) break;
      const text = 'The server reported the ALTER as done, but the definition is the same.';
      const state = `${name} is as it was: somebody has put it back, or another server answers (a proxy that sends reads to a replica).`;
      const next = `Look at ${lookAtTable} on the primary.`;
      return as('verification-failed', reasons.notAsPromised(text), state, next);
    }
    case 'as-promised': {
      if (end.end === 'done' || !isVisible) break;
      const text = `The change is in place, although: ${textOf(end)}`;
      return as('done', { id: 'done-nevertheless', text }, asPlanned);
    }
  }
  switch (end.end) {
    case 'done': {
      const text = `Changed with ${statement.clause ?? 'no clause'}, and verified.`;
      return as('done', reasons.done(text), asPlanned);
    }
    case 'lock-timeout': {
      const { blockers, unseen = [] } = end;
      const reason = notFree('The lock on the table was not free within the budget', unseen);
      return as('lock-timeout', reason, unchanged, unseen[0]?.next ?? killAdvice(blockers), { blockers });
    }
    case 'killed': {
      if (aborted) return as('aborted', reasons.aborted(), unchanged);
      const text = 'The ALTER ran far longer than predicted, so alterwise stopped it.';
      const exitCode = exitCodes.lockTimeout;
      const next = 'Use --strategy gh-ost.';
      return as('aborted', { id: 'took-too-long', text }, unchanged, next, { exitCode });
    }
    case 'refused': {
      const { errno, message } = end.error;
      const next = dataErrors.get(errno) ?? 'Fix what the message names, and run it again.';
      return as('refused', reasons.serverRefused(errno, message), unchanged, next);
    }
    case 'not-sent': {
      const reason = reasons.connectionLost(
        `The connection was lost before the ALTER was sent: ${textOf(end)}`,
      );
      return as('refused', reason, unchanged, 'Run it again when the server answers.', environment);
    }
    case 'lost': {
      const reason = reasons.connectionLost(`The connection was lost while the ALTER ran: ${textOf(end)}`);
      const again = 'Run it again: alterwise skips what is already in place.';
      if (end.connectionId === undefined) {
        const state = `${name} is unchanged so far, but the ALTER may still be running; behind a proxy alterwise cannot tell.`;
        const next = `On the server itself: SHOW PROCESSLIST (does an ALTER still run?), then ${lookAtTable}.`;
        return as('unknown', reason, state, next);
      }
      if (isVisible) return as('refused', reason, unchanged, again, environment);
      const either = `Whether ${name} was rebuilt is unknown; its definition is the same either way.`;
      return as('unknown', reason, either, again);
    }
  }
}

/** The definition is as planned, and the history of the rows is not what it was. */
export function historyDiffers({ outcome: _, exitCode: __, ...done }: Ending, table: string): Ending {
  return ending('verification-failed', {
    ...done,
    reason: {
      id: 'history-differs',
      text: 'The table is as planned, but the history of its rows is not what it was before.',
    },
    state: `${table} is as planned.`,
    next: `Compare SELECT * FROM ${table} FOR SYSTEM_TIME ALL with a copy of the history, if there is one.`,
  });
}

/** @param unseen what stands in the way, and is no connection at the table */
export function notFree(text: string, unseen: readonly UnseenHolder[]): Reason {
  return reasons.lockTimeout(`${[text, ...unseen.map((holder) => holder.text)].join(': ')}.`);
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
