import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes } from '../../../exit-code.js';
import { Fault } from '../../../fault.js';
import type { Session } from '../../../mysql/session.js';
import { runLockName } from '../../../runs/run-lock.js';
import { type TableName, tableLabel } from '../../../sql/names.js';
import { longestName } from './names.js';

/** One whose alterwise was killed ends at its next line of output, and the server frees its lock then. */
const dyingMs = 4_000;
const lookMs = 200;

/**
 * A gh-ost at work on the table does not survive somebody else's ALTER, and two of them destroy each other's
 * work. From 1.1.10 on it holds a named lock.
 * @throws {Fault} exit code 11
 */
export async function refuseRunningGhost(session: Session, table: TableName): Promise<void> {
  const start = performance.now();
  for (;;) {
    const owner = await ownerOf(session, table);
    if (owner === undefined) return;
    if (performance.now() - start > dyingMs) throw running(table, owner);
    await sleep(lookMs);
  }
}

async function ownerOf(session: Session, table: TableName): Promise<number | undefined> {
  const [row] = await session.rows<{ owner: number | null }>('SELECT IS_USED_LOCK(?) AS owner', [
    migrationLockName(table),
  ]);
  return row?.owner ?? undefined;
}

function running(table: TableName, owner: number): Fault {
  return new Fault(`gh-ost is at work on ${tableLabel(table)} already (connection ${owner}).`, {
    id: 'gh-ost-running',
    exitCode: exitCodes.environment,
    state: 'This run changed nothing; the other one continues.',
    next: 'alterwise status shows it, where it was started from here. Wait for it to end.',
  });
}

/**
 * Whether a run of ours or a gh-ost is at work on a table: it holds a named lock of the server.
 * @param isLocked the lock of runs is held by whoever asks
 */
export async function isBusy(session: Session, table: TableName, isLocked = false): Promise<boolean> {
  const [row] = await session.rows<{ ours: number | null; theirs: number | null }>(
    'SELECT IS_USED_LOCK(?) AS ours, IS_USED_LOCK(?) AS theirs',
    [runLockName(table), migrationLockName(table)],
  );
  return row === undefined || (row.ours !== null && !isLocked) || row.theirs !== null;
}

/**
 * The user-level lock that gh-ost 1.1.10 and later hold as long as they run (go/logic/applier.go). Servers compare
 * such names without regard to case.
 */
export function migrationLockName({ schema, name }: { schema: string; name: string }): string {
  const lock = `gh-ost::${schema}.${name}`;
  if (Buffer.byteLength(lock) <= longestName) return lock;
  return `gh-ost::${createHash('sha1').update(lock).digest('hex')}`;
}
