import { setTimeout as sleep } from 'node:timers/promises';
import type { Blocker } from '../inspect/blockers.js';
import { isDeadlock, isLockWaitTimeout } from '../mysql/errors.js';
import { withSession } from '../mysql/session.js';
import { killAdvice } from '../plan/kill-advice.js';
import { outcome } from '../plan/outcome.js';
import type { PlannedPlain } from '../plan/plan.js';
import type { StatementResult } from '../plan/result.js';
import { subjectOf } from '../plan/subject.js';
import type { Request } from '../request.js';
import { lostAnswer } from './lost-answer.js';
import type { PlainSession } from './plain-session.js';
import { runStatement, type StatementEnd } from './statement.js';
import { whoHolds } from './who-holds.js';

const firstPauseMs = 500;
const longestPauseMs = 4_000;

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
  const start = performance.now();
  for (let attempts = 1, pauseMs = firstPauseMs; ; attempts++) {
    const session = await plain.get();
    const kill = () =>
      withSession(settings.connection, {}, async (killer) => {
        await killer.execute(`KILL QUERY ${session.connectionId}`, { limitMs: 5_000 });
      });
    const ended = new AbortController();
    const end = await Promise.race([
      runStatement(session, kill, statement.sql, signal),
      lostAnswer(
        settings.connection,
        session.connectionId,
        ({ command }) => command !== 'Sleep',
        ended.signal,
      ),
    ]).finally(() => ended.abort());
    const waits = end.end === 'refused' && (isLockWaitTimeout(end.error) || isDeadlock(end.error));
    if (!waits || signal.aborted || performance.now() - start + pauseMs > settings.lockBudgetMs) {
      return { end, attempts };
    }
    emit({
      type: 'attempt',
      table: subjectOf(statement),
      attempt: attempts,
      lockWaitSeconds: settings.lockWaitTimeoutSeconds,
      text: `a lock was not free within ${settings.lockWaitTimeoutSeconds} s; trying again`,
      blockers: [],
    });
    await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
    pauseMs = Math.min(longestPauseMs, pauseMs * 1.7);
  }
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
      if (isLockWaitTimeout(end.error) || isDeadlock(end.error)) {
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
