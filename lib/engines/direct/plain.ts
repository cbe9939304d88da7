import { type Ending, ending } from '../../documents/ending.js';
import type { PlannedPlain } from '../../documents/plan.js';
import type { Blocker, StatementResult } from '../../documents/result.js';
import { whoHolds } from '../../inspect/blockers.js';
import { isDeadlock, isLockWaitTimeout } from '../../mysql/errors.js';
import { killQuery } from '../../mysql/processlist.js';
import { retryWhileLocked } from '../../mysql/retry-while-locked.js';
import { withSession } from '../../mysql/session.js';
import { resumingDangers } from '../../runs/resuming.js';
import type { ConnectionSettings } from '../../settings/settings.js';
import { lex } from '../../sql/lexer.js';
import { writesRows } from '../../sql/statement.js';
import { killAdvice } from '../../text/blockers.js';
import { subjectOf } from '../../text/labels.js';
import { reasons } from '../reasons.js';
import type { DirectContext } from './alter.js';
import { whyPartlyDone } from './partly-done.js';
import type { PlainSession } from './plain-session.js';
import { lostAnswer, runStatement, type StatementEnd } from './statement.js';

type PlainContext = Pick<DirectContext, 'settings' | 'signal' | 'emit'>;

interface Attempts {
  end: StatementEnd;
  attempts: number;
  /** Why some of its rows may be changed although it did not end well. */
  kept?: string;
}

/**
 * Runs a statement of a migration as it stands, in its own transaction. A lock is waited for
 * `--lock-wait-timeout` an attempt, and `--lock-budget` in all; it is sent again only where what failed for a lock
 * has changed nothing.
 */
export async function executePlain(
  statement: PlannedPlain,
  session: PlainSession,
  request: PlainContext,
): Promise<Ending> {
  const { emit } = request;
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const subject = subjectOf(statement);
  emit({ type: 'phase', phase: 'apply', table: subject, text: `${statement.verb} on ${subject}` });
  const { end, attempts, kept } = await attemptsOf(statement, session, request);
  session.used();
  if (end.end === 'lost') await session.close();
  const facts = { startedAt, durationMs: Math.round(performance.now() - start), attempts };
  if (kept !== undefined) return partly(statement, end, facts, kept);
  return outcomeOf(statement, end, facts, await blockersOf(statement, end, request));
}

async function attemptsOf(
  statement: PlannedPlain,
  plain: PlainSession,
  { settings, signal, emit }: PlainContext,
): Promise<Attempts> {
  let attempts = 0;
  let last: StatementEnd | undefined;
  const attempt = async () => {
    attempts++;
    last = await attemptOf(statement, plain, settings.connection, signal);
    const kept = await whyPartlyDone(statement, last, settings.connection);
    const isRepeatable =
      kept === undefined && !(writesRows(statement.verb) && assignsVariable(statement.sql));
    if (last.end === 'refused' && isLocked(last.error) && isRepeatable) throw last.error;
    return { end: last, ...(kept !== undefined && { kept }) };
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
    const ended = await retryWhileLocked(attempt, {
      budgetMs: settings.lockBudgetMs,
      signal,
      isLocked,
      onRetry,
    });
    return { ...ended, attempts };
  } catch (error) {
    if (!isLocked(error) || last === undefined) throw error;
    return { end: signal.aborted ? { end: 'killed' } : last, attempts };
  }
}

async function attemptOf(
  { sql }: PlannedPlain,
  plain: PlainSession,
  connection: ConnectionSettings,
  signal: AbortSignal,
): Promise<StatementEnd> {
  const session = await plain.get();
  const kill = () => withSession(connection, {}, (killer) => killQuery(killer, session.connectionId));
  const ended = new AbortController();
  return Promise.race([
    runStatement(session, kill, sql, signal),
    lostAnswer(connection, plain.listedId, ({ command }) => command !== 'Sleep', ended.signal),
  ]).finally(() => ended.abort());
}

/** `@n:=@n+1`: what a statement has counted by the time it is stopped nobody takes back. */
function assignsVariable(sql: string): boolean {
  const tokens = lex(sql);
  return tokens.some(({ text }, at) => text === ':' && tokens[at + 1]?.text === '=');
}

function isLocked(error: unknown): boolean {
  return isLockWaitTimeout(error) || isDeadlock(error);
}

async function blockersOf(
  { table }: PlannedPlain,
  end: StatementEnd,
  { settings }: PlainContext,
): Promise<readonly Blocker[]> {
  if (table === undefined || end.end !== 'refused' || !isLockWaitTimeout(end.error)) return [];
  return whoHolds(settings.connection, table);
}

type Facts = Pick<StatementResult, 'startedAt' | 'durationMs' | 'attempts'>;

/** It did not end well, and nobody undoes what it had done by then: whoever runs the file again is asked first. */
function partly(statement: PlannedPlain, end: StatementEnd, facts: Facts, kept: string): Ending {
  return ending('unknown', {
    ...facts,
    reason:
      end.end === 'refused'
        ? reasons.serverRefused(end.error.errno, `The server refused it half-way: ${end.error.message}`)
        : reasons.aborted(),
    state: `It may have done a part of its work: ${kept}.`,
    next: `Look at ${subjectOf(statement)}, and fix what it has done. Then run the same file again: with --accept ${resumingDangers.perhapsDone} it does this statement again, with --accept was-done it continues after it.`,
  });
}

function outcomeOf(
  statement: PlannedPlain,
  end: StatementEnd,
  facts: Facts,
  blockers: readonly Blocker[],
): Ending {
  const subject = subjectOf(statement);
  const undone = 'It changed nothing: what it had done was rolled back.';
  switch (end.end) {
    case 'done':
      return ending('done', {
        ...facts,
        reason: reasons.done('Run as it stands.'),
        state: `${statement.verb} has been carried out.`,
        ...(writesRows(statement.verb) && { rowsChanged: end.affectedRows }),
      });
    case 'killed':
      return ending('aborted', {
        ...facts,
        reason: reasons.aborted(),
        state: undone,
      });
    case 'lost':
      return ending('unknown', {
        ...facts,
        reason: reasons.connectionLost(`The connection was lost while it ran: ${end.error.message}`),
        state: `Whether ${statement.verb} was carried out is unknown.`,
        next: `When the server answers: SHOW PROCESSLIST (does it still run?), then look at ${subject}.`,
      });
    case 'refused':
      if (isLocked(end.error)) {
        return ending('lock-timeout', {
          ...facts,
          reason: reasons.lockTimeout('A lock was not free within the budget.'),
          state: undone,
          next: killAdvice(blockers),
          blockers,
        });
      }
      return ending('refused', {
        ...facts,
        reason: reasons.serverRefused(end.error.errno, `The server refused it: ${end.error.message}`),
        state: undone,
        next: 'Fix what the message names, and run the same file again: what is done is not done twice.',
      });
  }
}
