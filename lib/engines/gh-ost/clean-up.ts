import type { PlannedAlter } from '../../documents/plan.js';
import type { KeptTable } from '../../documents/record.js';
import { Fault } from '../../fault.js';
import { isConnectionLost, isServerError } from '../../mysql/errors.js';
import { lookAfterwards, type Session } from '../../mysql/session.js';
import { type TableName, tableLabel } from '../../sql/names.js';
import { readTableState } from '../../verify/definition.js';
import type { GhostContext, Supervision } from './context.js';
import type { MigrationFacts, SaidByGhost, SeenTables } from './outcome.js';
import type { RunningGhost } from './process/running.js';
import { SocketError } from './process/socket.js';
import { waitForLastStatements } from './tables/last-statements.js';
import { dropShadows, type Leftovers, ownShadows, readLeftovers, shadowsThere } from './tables/leftovers.js';
import { shadowTables } from './tables/names.js';
import { changeOfOriginal, readOriginal } from './tables/original.js';
import { keptTable, readCutOverCoordinates } from './tables/revert-checkpoint.js';

/** A second Ctrl-C still deserves to know what is left. */
const hurriedMs = 1_000;

/**
 * Looks at what became of the tables, and drops what gh-ost left beside them, except the old table. Whether the cut-over
 * happened is decided last: a RENAME that gh-ost left behind in the server is over once the shadow table could be dropped.
 * @throws what broke the supervision if it is a defect of alterwise
 */
export async function cleanUp(
  statement: PlannedAlter,
  context: GhostContext,
  before: Leftovers,
  supervision: Supervision,
  ghost: RunningGhost,
): Promise<MigrationFacts> {
  const { settings, emit, hurry, journal, original } = context;
  const { table, revertTo } = statement;
  const name = tableLabel(table);
  emit({ type: 'phase', phase: 'clean-up', table: name, text: 'Looking at what became of the tables' });
  // Only a gh-ost that said it makes its tables has made any; others of these names are somebody else's.
  const isOurs = ghost.log.hasTables;
  // The checkpoints of a revert were made for it before it was started.
  const hasMade = isOurs || revertTo !== undefined;
  const others = othersTables(statement, before, ghost);
  // A lock that gh-ost's dead session waits for or holds is free after an attempt's time at the latest.
  const lockWaitTimeoutSeconds = 2 * settings.ghost.cutOverLockTimeoutSeconds + 5;
  const lastMs = () => (hurry?.aborted ? hurriedMs : lockWaitTimeoutSeconds * 1_000);
  let denied: string | undefined;
  let kept: KeptTable | undefined;
  const look = async (session: Session, coordinates?: string) => {
    if (!isOurs || kept !== undefined) return;
    const found = await readCutOver(session, statement, before, ghost, coordinates);
    if (found !== undefined) await journal?.swapped(table, found);
    kept = found;
  };
  const tables = async (session: Session): Promise<SeenTables> => {
    if (kept === undefined) return { seen: true, table: await readTableState(session, statement) };
    const late = changeOfOriginal(original, await readOriginal(session, kept.oldTable));
    const now = await readTableState(session, statement);
    return { seen: true, table: now, oldTable: kept.oldTable.name, ...(late && { late }) };
  };
  const onDenied = (text: string) => {
    denied = text;
  };
  const limits = { hurry, lockWaitTimeoutSeconds, onDenied };
  const found = await lookAfterwards(settings.connection, limits, async (session) => {
    if (isOurs) await waitForLastStatements(session, table, ghost.pid, lastMs());
    // While its checkpoints are there: what is read from them is on the disk before they are dropped.
    await look(session, await readCutOverCoordinates(session, table, revertTo?.coordinates));
    // gh-ost may not have got to a shadow table that it was to resume with; then another run can.
    const isKept = !isOurs && ghost.log.hasChangelog;
    const left = hasMade
      ? await dropShadows(session, table, others, { sentry: ghost.log.oldTable, hurry })
      : isKept
        ? await shadowsThere(session, table, before)
        : [];
    // information_schema shows an account without privileges an empty schema; this tells it apart from one.
    await readTableState(session, statement);
    await look(session);
    return { left, tables: await tables(session) };
  });
  const { stop } = supervision;
  if (stop.why === 'broken' && !isTrouble(stop.error)) throw stop.error;
  const left = found?.left ?? (hasMade ? possiblyLeft(table, others, supervision, ghost) : []);
  // The connection may have been lost after the cut-over was seen.
  const again = found === undefined && kept !== undefined;
  const seen =
    found?.tables ?? (again ? await lookAfterwards(settings.connection, limits, tables) : undefined);
  const unseen = { seen: false, ...(denied !== undefined && { why: denied }) } as const;
  return { supervision, ghost: saidBy(ghost), tables: seen ?? unseen, left };
}

function saidBy(ghost: RunningGhost): SaidByGhost {
  const { fatal, hasUnlocked, heldMs, totalHeldMs } = ghost.log;
  const [exit, lastWords] = [ghost.exit(), ghost.lastWords()];
  return {
    hasUnlocked,
    ...(exit && { exit }),
    ...(fatal !== undefined && { fatal }),
    ...(lastWords !== undefined && { lastWords }),
    ...(heldMs !== undefined && { heldMs }),
    ...(totalHeldMs !== undefined && { totalHeldMs }),
  };
}

/** What is not this gh-ost's, whatever its name: what stood there before, and what it has not made. */
function othersTables(
  { table, revertTo }: PlannedAlter,
  before: Leftovers,
  { log: { hasTables, foundShadowTable } }: RunningGhost,
): Leftovers {
  const { ghost, changelog } = shadowTables(table.name);
  return {
    ...before,
    // A revert works on the old table, and makes no copy.
    ...((foundShadowTable || revertTo !== undefined) && { ghost }),
    ...(!hasTables && { changelog }),
  };
}

/** What may be there if the server cannot be asked; once gh-ost was released, the old table as well. */
function possiblyLeft(
  { schema, name }: TableName,
  others: Leftovers,
  { attempts }: Supervision,
  { log: { oldTable } }: RunningGhost,
): string[] {
  const old = attempts > 0 && oldTable !== undefined ? [oldTable] : [];
  return [...ownShadows(shadowTables(name), others), ...old].map((each) => `${schema}.${each}`);
}

/** @returns the old table; undefined if there was no cut-over */
async function readCutOver(
  session: Session,
  { table, revertTo }: PlannedAlter,
  before: Leftovers,
  { log }: RunningGhost,
  coordinates?: string,
): Promise<KeptTable | undefined> {
  const { ghost: copy, old } = await readLeftovers(session, table);
  const hasSwapped = revertTo === undefined ? copy === undefined : !old.includes(revertTo.name);
  // Another table, whose name gh-ost cuts to the same, may have been cut over meanwhile: only the full name is proof.
  const oldTable = old.find((each) => !before.old.includes(each) && each === log.oldTable);
  if (!hasSwapped || oldTable === undefined) return undefined;
  return keptTable(session, { ...table, name: oldTable }, coordinates);
}

/** Troubles of the server and of gh-ost, in contrast to defects. */
function isTrouble(error: unknown): boolean {
  return (
    isConnectionLost(error) || isServerError(error) || error instanceof SocketError || error instanceof Fault
  );
}
