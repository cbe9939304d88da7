import { isServerError } from '../mysql/errors.js';
import { type Session, withSession } from '../mysql/session.js';
import { closeRecord } from '../runs/close-record.js';
import { type KnownRun, listRuns } from '../runs/list.js';
import type { Settings } from '../settings/settings.js';
import type { Found, Leftover } from './leftover.js';
import { foundOnMachine } from './machine.js';
import { foundSchemas } from './schemas.js';
import { foundSwitches } from './switches.js';
import { foundTables } from './tables.js';

/**
 * Lists what runs have left behind on the server and on this machine. Removes what is provably alterwise's and nobody
 * needs; what could be somebody else's is named, and stays.
 * @param apply false: lists only
 */
export async function clean(
  { stateDir, connection }: Pick<Settings, 'stateDir' | 'connection'>,
  apply: boolean,
): Promise<Leftover[]> {
  return withSession(connection, { lockWaitTimeoutSeconds: 5 }, async (session) => {
    const runs = await onThisServer(session, await listRuns(stateDir));
    // A gh-ost first: it would make its tables again, and needs its folder.
    const found = [
      ...(await foundOnMachine(runs)),
      ...(await foundTables(session, runs)),
      ...(await foundSwitches(session, runs)),
      ...(await foundSchemas(session)),
    ];
    if (!apply) return found.map(({ leftover }) => leftover);
    const removed: Leftover[] = [];
    for (const each of found) removed.push(await removedOrWhyNot(each));
    await closeRecords(stateDir, runs, removed);
    return removed;
  });
}

async function onThisServer(session: Session, runs: readonly KnownRun[]): Promise<KnownRun[]> {
  const [row] = await session.rows<{ Value: string }>("SHOW GLOBAL VARIABLES LIKE 'server_uuid'");
  const uuid = row?.Value;
  return runs.filter(
    ({ begin: { server } }) => server.uuid === undefined || uuid === undefined || server.uuid === uuid,
  );
}

async function removedOrWhyNot({ leftover, remove }: Found): Promise<Leftover> {
  if (remove === undefined) return leftover;
  try {
    await remove();
    return { ...leftover, removal: { removed: true } };
  } catch (error) {
    if (!isServerError(error) && !(error instanceof Error && 'code' in error)) throw error;
    return { ...leftover, removal: { removed: false, why: error.message } };
  }
}

/** A run that died, and of which nothing is left, is over. */
async function closeRecords(
  stateDir: string,
  runs: readonly KnownRun[],
  leftovers: readonly Leftover[],
): Promise<void> {
  for (const { run, state } of runs) {
    const isLeft = leftovers.some(
      (each) => each.run === run && each.verdict !== 'kept' && each.removal?.removed !== true,
    );
    if (state === 'interrupted' && !isLeft) await closeRecord(stateDir, run);
  }
}
