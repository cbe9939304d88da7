import { setTimeout as sleep } from 'node:timers/promises';
import type { Blocker } from '../inspect/blockers.js';
import type { ServerFacts } from '../inspect/server.js';
import { withPatientSession } from '../mysql/patient.js';
import { withSession } from '../mysql/session.js';
import { metadataLocks, withSwitchedOn } from '../mysql/switched-on.js';
import type { PlannedStatement } from '../plan/plan.js';
import type { Emit } from '../progress/event.js';
import type { Settings } from '../settings/settings.js';
import { stopGhost } from './abort.js';
import { type CutOver, cutOver } from './cut-over.js';
import { dropShadows, type Leftovers, readLeftovers } from './leftovers.js';
import { Meter } from './meter.js';
import { shadowTables } from './names.js';
import { withRunFolder } from './run-folder.js';
import { launch, type RunningGhost } from './running.js';
import { Watchdog } from './watchdog.js';

export interface GhostContext {
  settings: Settings;
  server: ServerFacts;
  ghost: { path: string; version: string };
  emit: Emit;
  signal: AbortSignal;
  hurry?: AbortSignal;
}

/** How gh-ost ended, by what stands in the schema afterwards, not by its exit code. */
export type GhostEnd = GhostFigures &
  (
    | { end: 'swapped'; oldTable?: string }
    | { end: 'lock-timeout'; blockers: readonly Blocker[] }
    | { end: 'aborted' }
    | { end: 'failed'; text: string }
    /** The server could not be asked. */
    | { end: 'unknown'; text: string }
  );

export interface GhostFigures {
  rowsCopied?: number;
  attempts: number;
  /** What is left beside the table, as `schema.table`. */
  left: readonly string[];
  /** How long writers were held in cut-overs, as far as it was measured. */
  stallMs?: number;
}

/** Why the pilot has left the controls. */
type Stop =
  | { why: 'exited' }
  | { why: 'aborted' }
  | { why: 'hung'; text: string }
  | { why: 'lock-timeout'; blockers: readonly Blocker[] };

interface Flight {
  stop: Stop;
  rowsCopied?: number;
  attempts: number;
  heldMs: number;
}

/**
 * A migration by gh-ost from start to end: it copies, alterwise watches, releases the swap at a quiet moment, and
 * looks at the schema to see what became of it. Whatever is not swapped is taken away again.
 */
export async function migrate(statement: PlannedStatement, context: GhostContext): Promise<GhostEnd> {
  const { settings } = context;
  const before = await withSession(settings.connection, {}, (session) =>
    readLeftovers(session, statement.table),
  );
  return withSwitchedOn(settings.connection, metadataLocks, () =>
    withRunFolder(async (folder) => {
      const ghost = await launch(statement, context, folder);
      let flight: Flight;
      try {
        flight = await pilot(ghost, statement, context);
      } finally {
        await stopGhost(ghost, settings.ghost.cutOverLockTimeoutSeconds, context.hurry);
      }
      return settle(statement, context, before, flight, ghost);
    }),
  );
}

const pollMs = 500;

async function pilot(
  ghost: RunningGhost,
  statement: PlannedStatement,
  context: GhostContext,
): Promise<Flight> {
  const { emit, signal } = context;
  const name = `${statement.table.schema}.${statement.table.name}`;
  const start = performance.now();
  const meter = new Meter(statement.estimate.rows);
  const watchdog = new Watchdog(start);
  const flight: Omit<Flight, 'stop'> = { attempts: 0, heldMs: 0 };
  emit({ type: 'phase', phase: 'copy', table: name, text: `gh-ost copies ${name}` });
  for (;;) {
    const status = await ghost.status();
    const now = performance.now();
    if (status !== undefined) {
      flight.rowsCopied = status.rowsCopied;
      emit({
        type: 'progress',
        table: name,
        phase: 'copy',
        elapsedMs: now - start,
        ...meter.measure(status, now),
      });
    }
    const wrong = status === undefined ? watchdog.silence(now) : watchdog.sign(status, now);
    if (ghost.exit() !== undefined) return { ...flight, stop: { why: 'exited' } };
    if (signal.aborted) return { ...flight, stop: { why: 'aborted' } };
    if (wrong !== undefined) return { ...flight, stop: { why: 'hung', text: wrong } };
    if (status?.state === 'postponing-cut-over') {
      const swap = await cutOverOrAbort(ghost, statement, context, now - start);
      return { ...flight, ...swap };
    }
    await Promise.race([ghost.exited, sleep(pollMs, undefined, { signal }).catch(() => {})]);
  }
}

async function cutOverOrAbort(
  ghost: RunningGhost,
  statement: PlannedStatement,
  context: GhostContext,
  copiedMs: number,
): Promise<Pick<Flight, 'stop' | 'attempts' | 'heldMs'>> {
  try {
    const swap: CutOver = await cutOver(ghost, statement, context, copiedMs);
    const { attempts, heldMs } = swap;
    return {
      attempts,
      heldMs,
      stop: swap.end === 'exited' ? { why: 'exited' } : { why: 'lock-timeout', blockers: swap.blockers },
    };
  } catch (error) {
    if (!context.signal.aborted) throw error;
    return { attempts: 0, heldMs: 0, stop: { why: 'aborted' } };
  }
}

/** After a SIGKILL the server frees gh-ost's table locks within 2.4 s (measured); a restart takes longer. */
const settleLimitMs = 60_000;

async function settle(
  statement: PlannedStatement,
  { settings, emit, hurry }: GhostContext,
  before: Leftovers,
  flight: Flight,
  ghost: RunningGhost,
): Promise<GhostEnd> {
  const { table } = statement;
  const figures = {
    ...(flight.rowsCopied !== undefined && { rowsCopied: flight.rowsCopied }),
    attempts: flight.attempts,
    ...stall(flight, ghost),
  };
  if (hurry?.aborted) return { ...figures, end: 'aborted', left: mayBeLeft(statement) };
  emit({
    type: 'phase',
    phase: 'clean-up',
    table: `${table.schema}.${table.name}`,
    text: 'Looking at what became of the tables',
  });
  const found = await withPatientSession(
    settings.connection,
    { limitMs: settleLimitMs, lockWaitTimeoutSeconds: 10 },
    async (session) => {
      const now = await readLeftovers(session, table);
      const oldTable = now.old.find((name) => !before.old.includes(name));
      const swapped = oldTable !== undefined && (now.ghost === undefined || before.ghost !== undefined);
      return { swapped, oldTable, left: await dropShadows(session, table, before) };
    },
  );
  if (found === undefined) {
    const text = ghost.fatal() ?? 'the connection to the server was lost';
    return { ...figures, end: 'unknown', text, left: mayBeLeft(statement) };
  }
  const { left } = found;
  if (found.swapped)
    return {
      ...figures,
      end: 'swapped',
      left,
      ...(found.oldTable !== undefined && { oldTable: found.oldTable }),
    };
  const { stop } = flight;
  if (stop.why === 'aborted') return { ...figures, end: 'aborted', left };
  if (stop.why === 'lock-timeout') return { ...figures, end: 'lock-timeout', left, blockers: stop.blockers };
  const text = stop.why === 'hung' ? stop.text : (ghost.fatal() ?? exitText(ghost));
  return { ...figures, end: 'failed', text, left };
}

function stall({ heldMs }: Flight, ghost: RunningGhost): { stallMs?: number } {
  const lockedMs = ghost.lockedMs();
  if (lockedMs === undefined && heldMs === 0) return {};
  return { stallMs: Math.round(Math.max(lockedMs ?? 0, heldMs)) };
}

function mayBeLeft({ table }: PlannedStatement): string[] {
  const { ghost, changelog, checkpoint } = shadowTables(table.name);
  return [ghost, changelog, checkpoint].map((name) => `${table.schema}.${name}`);
}

function exitText(ghost: RunningGhost): string {
  const exit = ghost.exit();
  return exit?.signal !== undefined
    ? `it was ended by ${exit.signal}`
    : `it ended with exit code ${exit?.code ?? 'unknown'}`;
}
