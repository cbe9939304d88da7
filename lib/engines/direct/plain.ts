import { type Ending, ending } from '../../documents/ending.js';
import type { PlannedPlain } from '../../documents/plan.js';
import type { Blocker, StatementResult } from '../../documents/result.js';
import { whoHolds } from '../../inspect/blockers.js';
import { type UnseenHolder, unseenHolders } from '../../inspect/unseen-holders.js';
import { isDeadlock, isLockWaitTimeout } from '../../mysql/errors.js';
import { resumingDangers } from '../../runs/resuming.js';
import { lex } from '../../sql/lexer.js';
import { writesRows } from '../../sql/statement.js';
import { killAdvice } from '../../text/blockers.js';
import { subjectOf } from '../../text/labels.js';
import type { EngineContext } from '../engine.js';
import { reasons } from '../reasons.js';
import { notFree } from './outcome.js';
import { whyPartlyDone } from './partly-done.js';
import type { PlainSession } from './plain-session.js';
import { retryTelling, runStatement, type StatementEnd } from './statement.js';

type PlainContext = Pick<EngineContext, 'settings' | 'signal' | 'emit'>;

/**
 * Runs a statement of a migration as it stands, in its own transaction. A lock is waited for
 * `--lock-wait-timeout` an attempt, and `--lock-budget` in all; it is sent again only if what failed for a lock
 * has changed nothing.
 */
export async function executePlain(
  statement: PlannedPlain,
  session: PlainSession,
  context: PlainContext,
): Promise<Ending> {
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const subject = subjectOf(statement);
  const text = `${statement.verb} on ${subject}`;
  context.emit({ type: 'phase', phase: 'apply', table: subject, text });
  const { end, attempts, kept } = await attemptsOf(statement, session, context);
  session.usedAt = performance.now();
  if (end.end === 'lost') await session.close();
  const facts = { startedAt, durationMs: Math.round(performance.now() - start), attempts };
  if (kept !== undefined) return partly(statement, end, facts, kept);
  const isLocked = end.end === 'refused' && isLockWaitTimeout(end.error);
  const { connection } = context.settings;
  const blockers = statement.table && isLocked ? await whoHolds(connection, statement.table) : [];
  const unseen = isLocked && blockers.length === 0 ? await unseenHolders(connection) : [];
  return outcomeOf(statement, end, facts, { blockers, unseen });
}

/** @returns `kept`: why some of its rows may be changed although it did not end well */
async function attemptsOf(
  statement: PlannedPlain,
  plain: PlainSession,
  context: PlainContext,
): Promise<{ end: StatementEnd; attempts: number; kept?: string | undefined }> {
  const { connection } = context.settings;
  const { signal } = context;
  let attempts = 0;
  let last: StatementEnd | undefined;
  const attempt = async () => {
    attempts++;
    const session = await plain.get();
    last = await runStatement(session, statement.sql, {
      connection,
      listedId: plain.listedId,
      isAtIt: ({ command }) => command !== 'Sleep',
      signal,
    });
    const kept = await whyPartlyDone(statement, last, connection);
    const isRepeatable =
      kept === undefined && !(writesRows(statement.verb) && assignsVariable(statement.sql));
    if (last.end === 'refused' && isLocked(last.error) && isRepeatable) throw last.error;
    return { end: last, attempts, kept };
  };
  try {
    return await retryTelling(subjectOf(statement), attempt, context, { blockers: [] }, isLocked);
  } catch (error) {
    if (!isLocked(error) || last === undefined) throw error;
    return { end: signal.aborted ? { end: 'killed' } : last, attempts };
  }
}

/** `@n:=@n+1`: what a statement has counted by the time it is stopped nobody takes back. */
function assignsVariable(sql: string): boolean {
  const tokens = lex(sql);
  return tokens.some(({ text }, at) => text === ':' && tokens[at + 1]?.text === '=');
}

function isLocked(error: unknown): boolean {
  return isLockWaitTimeout(error) || isDeadlock(error);
}

type Facts = Pick<StatementResult, 'startedAt' | 'durationMs' | 'attempts'>;

/** It did not end well, and nobody undoes what it had done by then: whoever runs the file again is asked first. */
function partly(statement: PlannedPlain, end: StatementEnd, facts: Facts, kept: string): Ending {
  return ending('unknown', {
    ...facts,
    reason:
      end.end === 'refused'
        ? reasons.serverRefused(end.error.errno, end.error.message, ' half-way')
        : reasons.aborted(),
    state: `It may have done a part of its work: ${kept}.`,
    next: `Look at ${subjectOf(statement)}, and fix what it has done. Then run the same file again: with --accept ${resumingDangers.perhapsDone} it does this statement again, with --accept was-done it continues after it.`,
  });
}

function outcomeOf(
  statement: PlannedPlain,
  end: StatementEnd,
  facts: Facts,
  { blockers, unseen }: { blockers: readonly Blocker[]; unseen: readonly UnseenHolder[] },
): Ending {
  const { verb } = statement;
  const state = 'It changed nothing: what it had done was rolled back.';
  switch (end.end) {
    case 'done':
      return ending('done', {
        ...facts,
        reason: reasons.done('Run as it stands.'),
        state: `${verb} has been carried out.`,
        ...(writesRows(verb) && { rowsChanged: end.affectedRows }),
      });
    case 'killed':
      return ending('aborted', { ...facts, reason: reasons.aborted(), state });
    case 'lost':
      return ending('unknown', {
        ...facts,
        reason: reasons.connectionLost(`The connection was lost while it ran: ${end.error.message}`),
        state: `Whether ${verb} was carried out is unknown.`,
        next: `When the server answers: SHOW PROCESSLIST (does it still run?), then look at ${subjectOf(statement)}.`,
      });
    case 'refused': {
      if (isLocked(end.error)) {
        const reason = notFree('A lock was not free within the budget', unseen);
        const next = unseen[0]?.next ?? killAdvice(blockers);
        return ending('lock-timeout', { ...facts, reason, state, next, blockers });
      }
      const reason = reasons.serverRefused(end.error.errno, end.error.message);
      const next = 'Fix what the message names, and run the same file again: what is done is not done twice.';
      return ending('refused', { ...facts, reason, state, next });
    }
  }
}
