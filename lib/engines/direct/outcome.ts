import { type Ending, ending } from '../../documents/ending.js';
import type { PlannedAlter } from '../../documents/plan.js';
import { exitCodes } from '../../exit-code.js';
import { tableLabel } from '../../sql/names.js';
import { killAdvice } from '../../text/blockers.js';
import type { TableState } from '../../verify/definition.js';
import { planAgain, reasons } from '../reasons.js';
import type { DirectEnd } from './alter.js';

/** What stands there, or that an ALTER without its client is still at it. */
export type SeenState = TableState | { state: 'still-running' };

interface Timing {
  startedAt: string;
  durationMs: number;
}

/**
 * What became of the ALTER, from how it ended and from what the table looks like now: if the two disagree, the table is
 * right. Pure.
 * @param state absent if the server could not be asked
 * @param aborted whether alterwise was asked to stop
 */
export function decide(
  statement: PlannedAlter,
  end: Exclude<DirectEnd, { end: 'class-refused' }>,
  state: SeenState | undefined,
  timing: Timing,
  aborted: boolean,
): Ending {
  const name = tableLabel(statement.table);
  const { attempts, ended = [] } = end;
  const facts = { ...timing, attempts, ...stall(statement, end), ...(ended.length > 0 && { ended }) };
  if (state === undefined) {
    return ending('unknown', {
      ...facts,
      reason: reasons.connectionLost(
        end.end === 'done'
          ? 'The server reported the ALTER as done, and cannot be asked what the table is now.'
          : `The connection was lost while the ALTER ran, and the server cannot be asked: ${textOf(end)}`,
      ),
      state: `Whether ${name} was changed is unknown.`,
      next: `When the server answers again: SHOW PROCESSLIST (does an ALTER still run?), then SHOW CREATE TABLE ${name}.`,
    });
  }
  if (state.state === 'still-running') {
    const id = end.end === 'lost' ? end.connectionId : undefined;
    return ending('unknown', {
      ...facts,
      reason: reasons.connectionLost(
        `The connection was lost while the ALTER ran, and it is still running: ${textOf(end)}`,
      ),
      state: `${name} will be changed when it ends, unless it is stopped.`,
      next: `SHOW PROCESSLIST shows it${id === undefined ? '' : ` as connection ${id}: KILL QUERY ${id} stops it`}. Then SHOW CREATE TABLE ${name}.`,
    });
  }
  if (state.state === 'gone') {
    return ending('refused', {
      ...facts,
      exitCode: exitCodes.drifted,
      reason: reasons.drifted('Somebody else dropped or renamed the table.'),
      state: `There is no ${name} any more.`,
      next: planAgain,
    });
  }
  if (state.state === 'different') {
    return ending('verification-failed', {
      ...facts,
      reason: reasons.notAsPromised('The definition is not what the plan promised.'),
      state: `${name} is neither as it was nor as planned: somebody else changed it at the same time.`,
      next: `Compare SHOW CREATE TABLE ${name} with the plan.`,
    });
  }
  if (state.state === 'as-before' && end.end === 'done' && !definitionStays(statement)) {
    return ending('verification-failed', {
      ...facts,
      reason: reasons.notAsPromised(
        'The server reported the ALTER as done, but the definition is what it was before.',
      ),
      state: `${name} is as it was: somebody has put it back, or another server answers (a proxy that sends reads to a replica).`,
      next: `Look at SHOW CREATE TABLE ${name} on the primary.`,
    });
  }
  if (state.state === 'as-promised' && end.end !== 'done' && !definitionStays(statement)) {
    return ending('done', {
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
): Ending {
  const asBefore = `${name} is as it was.`;
  switch (end.end) {
    case 'done':
      return ending('done', {
        ...facts,
        reason: reasons.done(`Changed with ${statement.clause ?? 'no clause'}, and verified.`),
        state: `${name} is as planned.`,
      });
    case 'lock-timeout':
      return ending('lock-timeout', {
        ...facts,
        reason: reasons.lockTimeout('The lock on the table was not free within the budget.'),
        state: asBefore,
        next: killAdvice(end.blockers),
        blockers: end.blockers,
      });
    case 'killed':
      return ending('aborted', {
        ...facts,
        ...(aborted ? {} : { exitCode: exitCodes.lockTimeout }),
        reason: aborted
          ? reasons.aborted('Stopped on request.')
          : {
              id: 'took-too-long',
              text: 'The ALTER ran far longer than predicted, so alterwise stopped it.',
            },
        state: asBefore,
        ...(aborted ? {} : { next: 'Use --strategy gh-ost.' }),
      });
    case 'refused':
      return ending('refused', {
        ...facts,
        reason: reasons.serverRefused(end.errno, `The server refused it: ${end.text}`),
        state: asBefore,
        next: dataErrors.get(end.errno) ?? 'Fix what the message names, and run it again.',
      });
    case 'not-sent':
      return ending('refused', {
        ...facts,
        exitCode: exitCodes.environment,
        reason: reasons.connectionLost(`The connection was lost before the ALTER was sent: ${end.text}`),
        state: asBefore,
        next: 'Run it again when the server answers.',
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
): Ending {
  const name = tableLabel(statement.table);
  const reason = reasons.connectionLost(`The connection was lost while the ALTER ran: ${text}`);
  if (connectionId === undefined) {
    return ending('unknown', {
      ...facts,
      reason,
      state: `${name} is unchanged so far, but the ALTER may still be running; behind a proxy alterwise cannot tell.`,
      next: `On the server itself: SHOW PROCESSLIST (does an ALTER still run?), then SHOW CREATE TABLE ${name}.`,
    });
  }
  const next = 'Run it again: alterwise skips what is already in place.';
  if (definitionStays(statement)) {
    const state = `Whether ${name} was rebuilt is unknown; its definition is the same either way.`;
    return ending('unknown', { ...facts, reason, state, next });
  }
  const state = `${name} is as it was.`;
  return ending('refused', { ...facts, exitCode: exitCodes.environment, reason, state, next });
}

const dataErrors = new Map([
  [1062, 'Two rows have the same key: find them with GROUP BY … HAVING COUNT(*) > 1, and fix them.'],
  [1138, 'A row has NULL where the column is to be NOT NULL: UPDATE it first.'],
  [1265, 'A value does not fit the new type: find and fix it.'],
  [1264, 'A value is out of range of the new type: find and fix it.'],
  [1406, 'A value is too long for the new type: find and fix it.'],
]);

/** FORCE and ENGINE= change nothing that can be seen: the definition proves nothing then. */
function definitionStays({ promise }: PlannedAlter): boolean {
  return promise.after === promise.before;
}

function textOf(end: DirectEnd): string {
  if ('text' in end) return end.text;
  return end.end === 'killed'
    ? 'alterwise had told it to stop'
    : end.end === 'lock-timeout'
      ? 'the lock was not free'
      : 'done';
}

/** Known if writers are blocked throughout, or if nothing happened except waiting for the lock. */
function stall(statement: PlannedAlter, end: DirectEnd): { writerStallMs?: number } {
  if (end.attempts === 0) return {};
  if (statement.strategy === 'inplace' && end.end !== 'lock-timeout') {
    return end.longestWaitMs > 0 ? { writerStallMs: Math.round(end.longestWaitMs) } : {};
  }
  return { writerStallMs: Math.round(Math.max(end.longestWaitMs, end.statementMs)) };
}
