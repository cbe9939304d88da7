import { setTimeout as sleep } from 'node:timers/promises';
import type { Ending } from '../../documents/ending.js';
import type { PlannedAlter } from '../../documents/plan.js';
import { unlessRefused } from '../../mysql/errors.js';
import { killQuery, type Process, readProcesses } from '../../mysql/processlist.js';
import { lookAfterwards, type Session } from '../../mysql/session.js';
import { alterSql } from '../../probe/ladder.js';
import { quoteTable, tableLabel } from '../../sql/names.js';
import { readTableState } from '../../verify/definition.js';
import type { ClassRefused, EngineContext } from '../engine.js';
import { alterDirectly, type DirectContext, type DirectEnd, limitOf } from './alter.js';
import { decide, type SeenState } from './outcome.js';
import { isAtStatement } from './statement.js';

/** How long to look for an ALTER that runs on without its client. */
const orphanLimitMs = 600_000;

/** Runs a direct ALTER, and then reads the definition again. */
export async function runDirectly(
  statement: PlannedAlter,
  context: EngineContext,
): Promise<Ending | ClassRefused> {
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const { table } = statement;
  const name = tableLabel(table);
  context.emit({
    type: 'phase',
    phase: 'apply',
    table: name,
    text: `ALTER TABLE ${name} ${statement.clause ?? ''}`.trim(),
  });
  const end = await alterDirectly(statement, context);
  if (end.end === 'class-refused') return { classRefused: end.text };
  const durationMs = Math.round(performance.now() - start);
  context.emit({
    type: 'phase',
    phase: 'verify',
    table: name,
    text: `Reading the definition of ${name} again`,
  });
  const state = await look(statement, context, end);
  return decide(statement, end, state, { startedAt, durationMs }, context.signal.aborted);
}

/** @returns undefined where the server cannot be asked within the limit, or does not answer this account any more */
async function look(
  statement: PlannedAlter,
  context: DirectContext,
  end: DirectEnd,
): Promise<SeenState | undefined> {
  // A dead client does not stop an ALTER: it runs on, and is applied (measured on both servers).
  const orphan = end.end === 'lost' ? orphanOf(statement, end, context) : undefined;
  return lookAfterwards(
    context.settings.connection,
    { hurry: context.hurry, lockWaitTimeoutSeconds: 30 },
    async (session): Promise<SeenState> => {
      if (orphan !== undefined && (await stillRuns(session, orphan))) return { state: 'still-running' };
      return readTableState(session, statement);
    },
  );
}

/** An ALTER without its client. */
interface Orphan {
  isIt(process: Process): boolean;
  /** By which it can be killed. */
  id?: number;
  /** By the clock of `performance`: how long it is waited for. */
  until: number;
  /** Aborted: it is not wanted any more, and is killed. */
  stop: AbortSignal;
  hurry?: AbortSignal;
}

/** Where the list does not have the connection by its id, the text tells as much as can be known. */
function isOrphan(
  { table, clause, spec }: PlannedAlter,
  { connectionId }: Extract<DirectEnd, { end: 'lost' }>,
): (process: Process) => boolean {
  const sql = alterSql(quoteTable(table), clause, spec);
  return connectionId === undefined
    ? isAtStatement(sql)
    : (process) => process.id === connectionId && isAtStatement(sql)(process);
}

function orphanOf(
  statement: PlannedAlter,
  end: Extract<DirectEnd, { end: 'lost' }>,
  { settings, signal, hurry }: DirectContext,
): Orphan {
  const leftMs = Math.max(0, Math.round(limitOf(statement, settings) - end.statementMs));
  return {
    isIt: isOrphan(statement, end),
    ...(end.connectionId !== undefined && { id: end.connectionId }),
    until: performance.now() + orphanLimitMs,
    stop: AbortSignal.any([signal, AbortSignal.timeout(leftMs)]),
    ...(hurry && { hurry }),
  };
}

/** Waits for it to end. */
async function stillRuns(session: Session, { isIt, id, until, stop, hurry }: Orphan): Promise<boolean> {
  for (;;) {
    if (!(await readProcesses(session)).some(isIt)) return false;
    if (performance.now() > until || hurry?.aborted) return true;
    // It may have just ended, or the server does not let it be killed: the next look tells.
    if (stop.aborted && id !== undefined) await unlessRefused(killQuery(session, id));
    await sleep(500);
  }
}
