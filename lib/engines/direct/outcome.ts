import type { PlannedAlter } from '../../documents/plan.js';
import { outcome, type StatementResult } from '../../documents/result.js';
import { exitCodes } from '../../exit-code.js';
import { tableLabel } from '../../sql/names.js';
import { killAdvice } from '../../text/blockers.js';
import type { TableState } from '../../verify/definition.js';
import type { DirectEnd } from './alter.js';

/** What stands there, or that an ALTER without its client is still at it. */
export type SeenState = TableState | { state: 'still-running' };

interface Timing {
  startedAt: string;
  durationMs: number;
}

/**
 * What is so, from how the ALTER ended and from what the table looks like now: where the two disagree, the
 * table is right.
 * @param state absent where the server could not be asked
 * @param aborted whether we were asked to stop
 */
export function directOutcome(
  statement: PlannedAlter,
  end: Exclude<DirectEnd, { end: 'class-refused' }>,
  state: SeenState | undefined,
  timing: Timing,
  aborted: boolean,
): StatementResult {
  const name = tableLabel(statement.table);
  const { attempts, ended = [] } = end;
  const facts = { ...timing, attempts, ...stall(statement, end), ...(ended.length > 0 && { ended }) };
  if (state === undefined) {
    return outcome(statement, 'unknown', {
      ...facts,
      reason: {
        id: 'connection-lost',
        text:
          end.end === 'done'
            ? 'The server said that the ALTER is done, and cannot be asked what the table is now.'
            : `The connection was lost while the ALTER ran, and the server cannot be asked: ${textOf(end)}`,
      },
      state: `Whether ${name} was changed is not known.`,
      next: `When the server answers again: SHOW PROCESSLIST (does an ALTER still run?), then SHOW CREATE TABLE ${name}.`,
    });
  }
  if (state.state === 'still-running') {
    const id = end.end === 'lost' ? end.connectionId : undefined;
    return outcome(statement, 'unknown', {
      ...facts,
      reason: {
        id: 'connection-lost',
        text: `The connection was lost while the ALTER ran, and it runs on: ${textOf(end)}`,
      },
      state: `${name} will be changed when it ends, unless somebody stops it.`,
      next: `SHOW PROCESSLIST shows it${id === undefined ? '' : ` as connection ${id}: KILL QUERY ${id} stops it`}. Then SHOW CREATE TABLE ${name}.`,
    });
  }
  if (state.state === 'gone') {
    return outcome(statement, 'refused', {
      ...facts,
      exitCode: exitCodes.drifted,
      reason: { id: 'drifted', text: 'Somebody else dropped or renamed the table meanwhile.' },
      state: `There is no ${name} any more.`,
      next: 'Plan it again.',
    });
  }
  if (state.state === 'different') {
    return outcome(statement, 'verification-failed', {
      ...facts,
      reason: { id: 'not-as-promised', text: 'The definition is not what the plan promised.' },
      state: `${name} is neither as it was nor as planned: somebody else changed it at the same time.`,
      next: `Compare SHOW CREATE TABLE ${name} with the plan.`,
    });
  }
  if (state.state === 'as-before' && end.end === 'done' && !definitionStays(statement)) {
    return outcome(statement, 'verification-failed', {
      ...facts,
      reason: {
        id: 'not-as-promised',
        text: 'The server said that the ALTER is done, and then that the definition is what it was before.',
      },
      state: `${name} is as it was: somebody has put it back, or another server answers (a proxy that sends reads to a replica).`,
      next: `Look at SHOW CREATE TABLE ${name} on the primary.`,
    });
  }
  if (state.state === 'as-promised' && end.end !== 'done' && !definitionStays(statement)) {
    return outcome(statement, 'done', {
      ...facts,
      reason: { id: 'done-nevertheless', text: `The change is in place, although: ${textOf(end)}` },
      state: `${name} is as planned.`,
    });
  }
  return byEnd(statement, end, name, facts, aborted);
}

function byEnd(
  statement: PlannedAlter,
  end: Exclude<DirectEnd, { end: 'class-refused' }>,
  name: string,
  facts: Timing & { attempts: number },
  aborted: boolean,
): StatementResult {
  const asBefore = `${name} is as it was.`;
  switch (end.end) {
    case 'done':
      return outcome(statement, 'done', {
        ...facts,
        reason: { id: 'done', text: `Changed with ${statement.clause ?? 'no clause'}, and verified.` },
        state: `${name} is as planned.`,
      });
    case 'lock-timeout':
      return outcome(statement, 'lock-timeout', {
        ...facts,
        reason: { id: 'lock-timeout', text: 'The lock on the table was not free within the budget.' },
        state: asBefore,
        next: killAdvice(end.blockers),
        blockers: end.blockers,
      });
    case 'killed':
      return outcome(statement, 'aborted', {
        ...facts,
        ...(aborted ? {} : { exitCode: exitCodes.lockTimeout }),
        reason: aborted
          ? { id: 'aborted', text: 'Stopped on request.' }
          : { id: 'took-too-long', text: 'The ALTER ran far longer than foreseen and was stopped.' },
        state: asBefore,
        ...(aborted ? {} : { next: 'Use --strategy gh-ost.' }),
      });
    case 'refused':
      return outcome(statement, 'refused', {
        ...facts,
        reason: { id: `server-${end.errno}`, text: `The server refused it: ${end.text}` },
        state: asBefore,
        next: dataErrors.get(end.errno) ?? 'Mend what the message names, and run it again.',
      });
    case 'not-sent':
      return outcome(statement, 'refused', {
        ...facts,
        exitCode: exitCodes.environment,
        reason: {
          id: 'connection-lost',
          text: `The connection was lost before an ALTER was sent: ${end.text}`,
        },
        state: asBefore,
        next: 'Run it again when the server is there.',
      });
    case 'lost':
      return lost(statement, end, facts);
  }
}

/** The definition says what became of the ALTER, if it is over, and unless it is the same either way. */
function lost(
  statement: PlannedAlter,
  { connectionId, text }: Extract<DirectEnd, { end: 'lost' }>,
  facts: Timing & { attempts: number },
): StatementResult {
  const name = tableLabel(statement.table);
  const reason = { id: 'connection-lost', text: `The connection was lost while the ALTER ran: ${text}` };
  if (connectionId === undefined) {
    return outcome(statement, 'unknown', {
      ...facts,
      reason,
      state: `${name} is as it was, and may change still: whether the ALTER is over is not known, since a proxy has ids of its own for connections.`,
      next: `On the server itself: SHOW PROCESSLIST (does an ALTER still run?), then SHOW CREATE TABLE ${name}.`,
    });
  }
  const next = 'Run it again: what is in place is recognised.';
  if (definitionStays(statement)) {
    const state = `Whether ${name} was written anew is not known; its definition is the same either way.`;
    return outcome(statement, 'unknown', { ...facts, reason, state, next });
  }
  const state = `${name} is as it was.`;
  return outcome(statement, 'refused', { ...facts, exitCode: exitCodes.environment, reason, state, next });
}

const dataErrors = new Map([
  [1062, 'Two rows have the same key: find them with GROUP BY … HAVING COUNT(*) > 1, and mend them.'],
  [1138, 'A row has NULL where the column is to be NOT NULL: UPDATE it first.'],
  [1265, 'A value does not fit the new type: find and mend it.'],
  [1264, 'A value is out of range of the new type: find and mend it.'],
  [1406, 'A value is too long for the new type: find and mend it.'],
]);

/** FORCE and ENGINE= change nothing that can be seen: the definition proves nothing then. */
function definitionStays({ promise }: PlannedAlter): boolean {
  return promise.after === promise.before;
}

function textOf(end: DirectEnd): string {
  if ('text' in end) return end.text;
  return end.end === 'killed'
    ? 'it had been told to stop'
    : end.end === 'lock-timeout'
      ? 'the lock was not free'
      : 'done';
}

/** Known where writers stand still for all of it, or where nothing happened but waiting for the lock. */
function stall(statement: PlannedAlter, end: DirectEnd): { writerStallMs?: number } {
  if (end.attempts === 0) return {};
  if (statement.strategy === 'inplace' && end.end !== 'lock-timeout') {
    return end.longestWaitMs > 0 ? { writerStallMs: Math.round(end.longestWaitMs) } : {};
  }
  return { writerStallMs: Math.round(Math.max(end.longestWaitMs, end.statementMs)) };
}
