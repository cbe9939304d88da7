import type { Blocker } from '../inspect/blockers.js';
import { isDeadlock, isLockWaitTimeout } from '../mysql/errors.js';
import { type Session, withSession } from '../mysql/session.js';
import { killAdvice } from '../plan/kill-advice.js';
import { outcome } from '../plan/outcome.js';
import type { PlannedPlain } from '../plan/plan.js';
import type { StatementResult } from '../plan/result.js';
import { subjectOf } from '../plan/subject.js';
import type { Request } from '../request.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { lostAnswer } from './lost-answer.js';
import type { PlainSession } from './plain-session.js';
import { retryWhileLocked } from './retry-while-locked.js';
import { runStatement, type StatementEnd } from './statement.js';
import { whoHolds } from './who-holds.js';

interface Attempts {
  end: StatementEnd;
  attempts: number;
}

/**
 * Runs a statement of a migration as it stands, in its own transaction. A lock is waited for
 * `--lock-wait-timeout` an attempt, and `--lock-budget` in all; what failed for a lock has changed nothing.
 */
export async function executePlain(
  statement: PlannedPlain,
  session: PlainSession,
  request: Request,
): Promise<StatementResult> {
  const { emit } = request;
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const subject = subjectOf(statement);
  emit({ type: 'phase', phase: 'apply', table: subject, text: `${statement.verb} on ${subject}` });
  const { end, attempts } = await attemptsOf(statement, session, request);
  session.used();
  if (end.end === 'lost') await session.close();
  const facts = { startedAt, durationMs: Math.round(performance.now() - start), attempts };
  return outcomeOf(statement, end, facts, await blockersOf(statement, end, request));
}

async function attemptsOf(
  statement: PlannedPlain,
  plain: PlainSession,
  { settings, signal, emit }: Request,
): Promise<Attempts> {
  let attempts = 0;
  let last: StatementEnd | undefined;
  const attempt = async () => {
    attempts++;
    last = await attemptOf(statement, await plain.get(), settings.connection, signal);
    if (last.end === 'refused' && isLocked(last.error)) throw last.error;
    return last;
  };
  const onRetry = (count: number) =>
    emit({
      type: 'attempt',
      table: subjectOf(statement),
      attempt: count,
      lockWaitSeconds: settings.lockWaitTimeoutSeconds,
      text: `a lock was not free within ${settings.lockWaitTimeoutSeconds} s; trying again`,
      blockers: [],
    });
  try {
    const end = await retryWhileLocked(attempt, {
      budgetMs: settings.lockBudgetMs,
      signal,
      isLocked,
      onRetry,
    });
    return { end, attempts };
  } catch (error) {
    if (!isLocked(error) || last === undefined) throw error;
    return { end: signal.aborted ? { end: 'killed' } : last, attempts };
  }
}

async function attemptOf(
  { sql }: PlannedPlain,
  session: Session,
  connection: ConnectionSettings,
  signal: AbortSignal,
): Promise<StatementEnd> {
  const kill = () =>
    withSession(connection, {}, async (killer) => {
      await killer.execute(`KILL QUERY ${session.connectionId}`, { limitMs: 5_000 });
    });
  const ended = new AbortController();
  return Promise.race([
    runStatement(session, kill, sql, signal),
    lostAnswer(connection, session.connectionId, ({ command }) => command !== 'Sleep', ended.signal),
  ]).finally(() => ended.abort());
}

function isLocked(error: unknown): boolean {
  return isLockWaitTimeout(error) || isDeadlock(error);
}

async function blockersOf(
  { table }: PlannedPlain,
  end: StatementEnd,
  { settings }: Request,
): Promise<readonly Blocker[]> {
  if (table === undefined || end.end !== 'refused' || !isLockWaitTimeout(end.error)) return [];
  return whoHolds(settings.connection, table);
}

function outcomeOf(
  statement: PlannedPlain,
  end: StatementEnd,
  facts: Pick<StatementResult, 'startedAt' | 'durationMs' | 'attempts'>,
  blockers: readonly Blocker[],
): StatementResult {
  const subject = subjectOf(statement);
  const undone = 'It changed nothing: what it had done was rolled back.';
  switch (end.end) {
    case 'done':
      return outcome(statement, 'done', {
        ...facts,
        reason: { id: 'done', text: 'Run as it stands.' },
        state: `${statement.verb} has been carried out.`,
        ...(isWrite(statement) && { rowsChanged: end.affectedRows }),
      });
    case 'killed':
      return outcome(statement, 'aborted', {
        ...facts,
        reason: { id: 'aborted', text: 'Stopped on request.' },
        state: undone,
      });
    case 'lost':
      return outcome(statement, 'unknown', {
        ...facts,
        reason: { id: 'connection-lost', text: `The connection was lost while it ran: ${end.error.message}` },
        state: `Whether ${statement.verb} was carried out is not known.`,
        next: `When the server answers: SHOW PROCESSLIST (does it still run?), then look at ${subject}.`,
      });
    case 'refused':
      if (isLocked(end.error)) {
        return outcome(statement, 'lock-timeout', {
          ...facts,
          reason: { id: 'lock-timeout', text: 'A lock was not free within the budget.' },
          state: undone,
          next: killAdvice(blockers),
          blockers,
        });
      }
      return outcome(statement, 'refused', {
        ...facts,
        reason: { id: `server-${end.error.errno}`, text: `The server refused it: ${end.error.message}` },
        state: undone,
        next: 'Mend what the message names, and run the same file again: what is done is not done twice.',
      });
  }
}

function isWrite({ verb }: PlannedPlain): boolean {
  return ['INSERT', 'REPLACE', 'UPDATE', 'DELETE'].includes(verb);
}
