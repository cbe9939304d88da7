import { setTimeout as sleep } from 'node:timers/promises';
import { endConnection, endDeadHolder, type Process, readProcesses } from '../../../mysql/processlist.js';
import type { Session } from '../../../mysql/session.js';
import type { TableName } from '../../../sql/names.js';
import { migrationLockName } from './lock.js';
import { shadowTables } from './names.js';

const lookMs = 50;

/**
 * Waits until the server is through with what a gh-ost had asked of it. The server does not notice that a client has
 * died before it has answered it: a CREATE or a RENAME that was under way is still carried out, after gh-ost is gone.
 * What holds the table's named lock after that is ended: the server did not hear of gh-ost's end.
 * @param pid of the gh-ost that has ended; go-sql-driver tells it to the server (connection attributes, since 1.8)
 * @param limitMs after which it is given up: what is found then may not be the end
 */
export async function waitForLastStatements(
  session: Session,
  table: TableName,
  pid: number,
  limitMs: number,
): Promise<void> {
  const start = performance.now();
  while ((await isAtWork(session, table, pid)) && performance.now() - start < limitMs) await sleep(lookMs);
  // By the table's own lock, so that it is no other gh-ost of the same process id, as in containers.
  let dead: number[] = [];
  await endDeadHolder(session, migrationLockName(table), async (id) => {
    const ids = await idsOf(session, pid);
    const processes = await readProcesses(session);
    const machineOf = ({ host }: Process) => host.replace(/:\d+$/, '');
    const us = processes.find((each) => each.id === session.connectionId);
    const holder = processes.find((each) => each.id === id);
    if (us === undefined || holder === undefined || !ids.has(id)) return false;
    if (machineOf(holder) !== machineOf(us)) return false;
    // Behind one address there may be other containers, with a client of the same process id.
    const isItsOwn = (each: Process) =>
      ids.has(each.id) &&
      machineOf(each) === machineOf(holder) &&
      each.user === holder.user &&
      each.schema === table.schema;
    dead = processes.filter((each) => each.id !== id && isItsOwn(each)).map((each) => each.id);
    return true;
  });
  // Its others may have a transaction open on the copy, which then could not be dropped.
  for (const id of dead) await endConnection(session, id);
}

/** By its process id, and where the server keeps no attributes (performance_schema off) by what it is doing. */
async function isAtWork(session: Session, { schema, name }: TableName, pid: number): Promise<boolean> {
  const { ghost, changelog } = shadowTables(name);
  const ids = await idsOf(session, pid);
  return (await readProcesses(session)).some(({ id, command, statement = '', ...process }) => {
    if (id === session.connectionId || process.schema !== schema || command.startsWith('Binlog Dump'))
      return false;
    return ids.has(id) || statement.includes(ghost) || statement.includes(changelog);
  });
}

async function idsOf(session: Session, pid: number): Promise<Set<number>> {
  const ours = await session.rows<{ id: number }>(
    `SELECT PROCESSLIST_ID AS id FROM performance_schema.session_account_connect_attrs
      WHERE ATTR_NAME='_pid' AND ATTR_VALUE=?`,
    [String(pid)],
  );
  return new Set(ours.map(({ id }) => Number(id)));
}
