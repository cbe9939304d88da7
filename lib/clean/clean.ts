import type { Leftover } from '../documents/answers.js';
import { shadowLabels } from '../engines/gh-ost/tables/names.js';
import { withUnrecordedCutOvers } from '../engines/gh-ost/tables/unrecorded-cut-over.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { inspectServer } from '../inspect/server.js';
import type { Topology } from '../inspect/topology.js';
import { isServerError } from '../mysql/errors.js';
import { type Session, withSession } from '../mysql/session.js';
import { type KnownRun, listRuns } from '../runs/list.js';
import { addToRecord } from '../runs/record.js';
import { serverIdentity } from '../runs/same-server.js';
import type { Settings } from '../settings/settings.js';
import type { Found } from './found.js';
import { foundOnMachine } from './machine.js';
import { foundScratch, foundSwitches } from './server.js';
import { foundTables } from './tables.js';

/**
 * Lists what runs left behind on the server and on this machine, and with `apply` removes what is provably
 * alterwise's and no longer needed. What may belong to somebody else is listed and kept.
 */
export async function clean(
  { stateDir, connection }: Pick<Settings, 'stateDir' | 'connection'>,
  apply: boolean,
): Promise<Leftover[]> {
  return withSession(connection, { lockWaitTimeoutSeconds: 5 }, async (session) => {
    const { topology } = await inspectServer(session);
    if (apply) refuseReplica(topology);
    const runs = await onThisServer(session, await listRuns(stateDir), apply ? stateDir : undefined);
    // gh-ost processes first: they would create their tables again, and need their folders.
    const found = [
      ...(await foundOnMachine(runs)),
      ...(await foundTables(session, runs, connection)),
      ...(await foundSwitches(session, runs)),
      ...(await foundScratch(session, topology)),
    ];
    if (!apply) return found.map(({ remove: _, ...leftover }) => leftover);
    const removed: Leftover[] = [];
    for (const each of found) removed.push(await removedOrWhyNot(each));
    for (const { kind, run, name, removal } of removed) {
      const isDropped = kind === 'table' && removal?.removed === true;
      if (isDropped && run !== undefined) await addToRecord(stateDir, run, { type: 'dropped', name });
    }
    for (const run of runs) {
      if (run.state !== 'interrupted' || isLeft(run, removed)) continue;
      await addToRecord(stateDir, run.run, { type: 'closed' });
    }
    return removed;
  });
}

/** @param stateDir absent: nothing is added to the records */
async function onThisServer(
  session: Session,
  runs: readonly KnownRun[],
  stateDir: string | undefined,
): Promise<KnownRun[]> {
  const isHere = await serverIdentity(session);
  const here: KnownRun[] = [];
  for (const run of runs.filter(({ begin: { server } }) => isHere(server))) {
    const whole = await withUnrecordedCutOvers(session, run);
    here.push(whole);
    // Recorded before the table may be changed again, because the proof is gone then.
    if (stateDir === undefined) continue;
    for (const line of whole.lines.slice(run.lines.length)) await addToRecord(stateDir, run.run, line);
  }
  return here;
}

/** Marks and tables are replicated, locks are not: nothing on a replica proves that a run is dead. */
function refuseReplica(topology: Topology): void {
  if (topology.isReplica !== true && topology.readOnly !== true) return;
  throw new Fault('This server is a replica or read-only; leftovers are removed on the primary.', {
    id: 'replica',
    exitCode: exitCodes.environment,
    next: 'Run alterwise clean --apply with the primary as --host.',
  });
}

async function removedOrWhyNot({ remove, ...leftover }: Found): Promise<Leftover> {
  if (remove === undefined) return leftover;
  try {
    const why = await remove();
    return { ...leftover, removal: why === undefined ? { removed: true } : { removed: false, why } };
  } catch (error) {
    const isTrouble =
      isServerError(error) || error instanceof Fault || (error instanceof Error && 'code' in error);
    if (!isTrouble) throw error;
    return { ...leftover, removal: { removed: false, why: error.message } };
  }
}

/** Whether something of a run that died is left, and not kept on purpose. */
function isLeft({ run, lines }: KnownRun, leftovers: readonly Leftover[]): boolean {
  // Tables that it may have created, even if it died before it marked them.
  const names = new Set(lines.flatMap((line) => (line.type === 'engine' ? shadowLabels(line.table) : [])));
  return leftovers.some(
    (each) =>
      (each.run === run || names.has(each.name)) && each.verdict !== 'kept' && each.removal?.removed !== true,
  );
}
