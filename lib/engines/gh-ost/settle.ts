import type { PlannedAlter } from '../../documents/plan.js';
import { Fault } from '../../fault.js';
import { isConnectionLost, isServerError, unlessDenied } from '../../mysql/errors.js';
import { type Session, withPatientSession } from '../../mysql/session.js';
import type { KeptTable } from '../../runs/record.js';
import { type TableName, tableLabel } from '../../sql/names.js';
import { readTableState } from '../../verify/definition.js';
import type { Flight, GhostContext, GhostEnd, GhostFigures } from './flight.js';
import type { RunningGhost } from './process/running.js';
import { SocketError } from './process/socket.js';
import { waitForLastStatements } from './tables/last-statements.js';
import { dropShadows, type Leftovers, ownShadows, readLeftovers, shadowsThere } from './tables/leftovers.js';
import { shadowTables } from './tables/names.js';
import { keptTable, readSwapCoordinates } from './tables/old-table.js';
import { type Befallen, befallen, readOriginal } from './tables/original.js';

/** A server that restarts is back by then. */
const settleLimitMs = 60_000;
/** Who is in a hurry wants to be told what is left all the same. */
const hurriedMs = 1_000;

/**
 * Sees what became of the tables, and takes away what is not the table and not its original. Whether they were
 * swapped is decided last: a RENAME that gh-ost left behind in the server is over once the copy could be dropped.
 * @throws what broke the flight, where it is a defect of ours
 */
export async function settle(
  statement: PlannedAlter,
  context: GhostContext,
  before: Leftovers,
  flight: Flight,
  ghost: RunningGhost,
): Promise<GhostEnd> {
  const { settings, emit, hurry, journal, original } = context;
  const { table, revertTo } = statement;
  const name = tableLabel(table);
  emit({ type: 'phase', phase: 'clean-up', table: name, text: 'Looking at what became of the tables' });
  // Only a gh-ost that said it makes its tables has made any; others of these names are somebody else's.
  const isOurs = ghost.story.hasTables;
  // The checkpoints of a revert were made for it before it was started.
  const hasMade = isOurs || revertTo !== undefined;
  const others = othersTables(statement, before, ghost);
  // A lock that gh-ost's dead session waits for or holds is free after an attempt's time at the latest.
  const lockWaitTimeoutSeconds = 2 * settings.ghost.cutOverLockTimeoutSeconds + 5;
  const lastMs = () => (hurry?.aborted ? hurriedMs : lockWaitTimeoutSeconds * 1_000);
  let denied: string | undefined;
  let kept: KeptTable | undefined;
  let late: Befallen | undefined;
  const look = async (session: Session, coordinates?: string) => {
    if (!isOurs || kept !== undefined) return;
    const swap = await readSwap(session, statement, before, ghost, coordinates);
    if (swap !== undefined) await journal?.swapped(table, swap);
    kept = swap;
  };
  const looking = withPatientSession(
    settings.connection,
    { limitMs: hurry?.aborted ? 0 : settleLimitMs, lockWaitTimeoutSeconds },
    async (session) => {
      if (isOurs) await waitForLastStatements(session, table, ghost.pid, lastMs());
      // While its checkpoints are there: what is read from them is on the disk before they are dropped.
      await look(session, await readSwapCoordinates(session, table, revertTo?.coordinates));
      // Of a copy that is to be gone on with gh-ost may not have got to it; then another run can.
      const isKept = !isOurs && ghost.story.hasChangelog;
      const left = hasMade
        ? await dropShadows(session, table, others, { sentry: ghost.story.oldTable, hurry })
        : isKept
          ? await shadowsThere(session, table, before)
          : [];
      // information_schema shows an account without privileges an empty schema; this tells it apart from one.
      await readTableState(session, statement);
      await look(session);
      if (kept !== undefined) late = befallen(original, await readOriginal(session, kept.oldTable));
      return { left };
    },
  );
  const found = await unlessDenied(looking, (text) => {
    denied = text;
  });
  const { stop } = flight;
  if (stop.why === 'broken' && !isTrouble(stop.error)) throw stop.error;
  const figures = figuresOf(
    flight,
    ghost,
    found?.left ?? (hasMade ? possiblyLeft(table, others, flight, ghost) : []),
  );
  if (kept !== undefined) {
    const whole = ghost.exit()?.code === 0 || ghost.story.hasUnlocked;
    return { ...figures, end: 'swapped', oldTable: kept.oldTable.name, whole, ...(late && { late }) };
  }
  // A gh-ost that was never released to swap has not swapped, whether the server can be asked or not.
  const cannotHaveSwapped = flight.attempts === 0;
  if (stop.why === 'aborted' && (found !== undefined || cannotHaveSwapped))
    return { ...figures, end: 'aborted' };
  if (found === undefined) {
    const text = denied ?? ghost.story.fatal ?? 'the connection to the server was lost';
    return { ...figures, end: 'unknown', text };
  }
  if (stop.why === 'drifted' || stop.why === 'emptied') return { ...figures, end: stop.why };
  if (stop.why === 'unequal') return { ...figures, end: 'unequal', differences: stop.differences };
  if (stop.why === 'not-compared') return { ...figures, end: 'not-compared', text: stop.text };
  if (stop.why === 'lock-timeout')
    return { ...figures, end: 'lock-timeout', closed: stop.closed, blockers: stop.blockers };
  return { ...figures, end: 'failed', text: whyFailed(flight, ghost) };
}

/** What is not this gh-ost's, whatever its name: what stood there before, and what it has not made. */
function othersTables(
  { table, revertTo }: PlannedAlter,
  before: Leftovers,
  { story: { hasTables, hasMetCopy } }: RunningGhost,
): Leftovers {
  const { ghost, changelog } = shadowTables(table.name);
  return {
    ...before,
    // A revert works on the old table, and makes no copy.
    ...((hasMetCopy || revertTo !== undefined) && { ghost }),
    ...(!hasTables && { changelog }),
  };
}

/** What may be there, where the server cannot be asked; once it was let swap, the original as well. */
function possiblyLeft(
  { schema, name }: TableName,
  others: Leftovers,
  { attempts }: Flight,
  { story: { oldTable } }: RunningGhost,
): string[] {
  const old = attempts > 0 && oldTable !== undefined ? [oldTable] : [];
  return [...ownShadows(shadowTables(name), others), ...old].map((each) => `${schema}.${each}`);
}

/** @returns what is kept of the original; undefined where the tables were not swapped */
async function readSwap(
  session: Session,
  { table, revertTo }: PlannedAlter,
  before: Leftovers,
  { story }: RunningGhost,
  coordinates?: string,
): Promise<KeptTable | undefined> {
  const { ghost: copy, old } = await readLeftovers(session, table);
  const hasSwapped = revertTo === undefined ? copy === undefined : !old.includes(revertTo.name);
  // Another table, whose name gh-ost cuts to the same, may have been swapped meanwhile: only the very name is proof.
  const oldTable = old.find((each) => !before.old.includes(each) && each === story.oldTable);
  if (!hasSwapped || oldTable === undefined) return undefined;
  return keptTable(session, { ...table, name: oldTable }, coordinates);
}

/** Troubles of the server and of gh-ost, in contrast to defects. */
function isTrouble(error: unknown): boolean {
  return (
    isConnectionLost(error) || isServerError(error) || error instanceof SocketError || error instanceof Fault
  );
}

function figuresOf(
  { rowsCopied, rowsCompared, attempts, ended = [] }: Flight,
  { story: { heldMs, totalHeldMs } }: RunningGhost,
  left: readonly string[],
): GhostFigures {
  return {
    ...(rowsCopied !== undefined && { rowsCopied }),
    ...(rowsCompared !== undefined && { rowsCompared }),
    attempts,
    left,
    ...(heldMs !== undefined && { stallMs: heldMs }),
    ...(totalHeldMs !== undefined && { totalStallMs: totalHeldMs }),
    ...(ended.length > 0 && { ended }),
  };
}

function whyFailed({ stop }: Flight, ghost: RunningGhost): string {
  if (stop.why === 'hung') return stop.text;
  // What broke the flight comes first: gh-ost only says then that it was told to end.
  if (stop.why === 'broken' && stop.error instanceof Error) return stop.error.message;
  const { fatal } = ghost.story;
  if (fatal !== undefined) return fatal;
  const { code, signal } = ghost.exit() ?? {};
  if (signal !== undefined) return `it was ended by ${signal}`;
  const lastWords = ghost.lastWords();
  return `it ended with exit code ${code ?? 'unknown'}${lastWords === undefined ? '' : `: ${lastWords}`}`;
}
