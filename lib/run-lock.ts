import { createHash } from 'node:crypto';
import { exitCodes, Fault } from './fault.js';
import { endDeadHolder } from './mysql/end-dead-holder.js';
import { isServerError } from './mysql/errors.js';
import { withPatientSession } from './mysql/patient.js';
import { withSession } from './mysql/session.js';
import type { TableName } from './plan/plan.js';
import { tableLabel } from './plan/table-label.js';
import type { ConnectionSettings } from './settings/settings.js';

const keepAliveMs = 30_000;
const releaseLimitMs = 5_000;

/**
 * Holds a named lock of the server for as long as `use` works on the table, so that a second alterwise finds
 * out before it starts, wherever it runs. The server frees the lock when its owner dies.
 * @throws {Fault} exit code 11 where somebody has it
 */
export async function withRunLock<T>(
  settings: ConnectionSettings,
  table: TableName,
  use: () => Promise<T>,
): Promise<T> {
  return withNamedLock(settings, runLockName(table), tableLabel(table), use);
}

/**
 * The same for a whole migration, from its planning on: what a second run would plan, the first one may be doing.
 * @param key what the migration is known by
 */
export async function withMigrationLock<T>(
  settings: ConnectionSettings,
  key: string,
  use: () => Promise<T>,
): Promise<T> {
  return withNamedLock(settings, `alterwise:${key}`, 'this migration', use);
}

/** @param what is worked on, for people */
async function withNamedLock<T>(
  settings: ConnectionSettings,
  name: string,
  what: string,
  use: () => Promise<T>,
): Promise<T> {
  return withSession(settings, {}, async (session) => {
    const [row] = await session.rows<{ got: number; owner: number | null }>(
      'SELECT GET_LOCK(?, 1) AS got, IS_USED_LOCK(?) AS owner',
      [name, name],
    );
    if (row?.got !== 1) throw alreadyRunning(what, row?.owner ?? undefined);
    // wait_timeout would end an idle connection, and free the lock with it.
    const keepAlive = setInterval(() => {
      session.rows('SELECT 1').catch((error: unknown) => {
        if (!isServerError(error)) clearInterval(keepAlive);
      });
    }, keepAliveMs);
    try {
      return await use();
    } finally {
      clearInterval(keepAlive);
      // A server may take its time to notice that a connection is closed, and the next statement wants the lock.
      const isReleased = await session
        .rows('SELECT RELEASE_LOCK(?) AS released', [name], { limitMs: releaseLimitMs })
        .then(
          () => true,
          () => false,
        );
      if (!isReleased) await releaseFromOutside(settings, name, session.connectionId);
    }
  });
}

/** What comes of it does not change what the run has done. */
async function releaseFromOutside(settings: ConnectionSettings, name: string, deadId: number): Promise<void> {
  await withPatientSession(settings, { limitMs: releaseLimitMs }, (session) =>
    endDeadHolder(session, name, (id) => id === deadId),
  ).catch(() => {});
}

/** A lock's name may have 64 characters, a table's with its schema 129. */
export function runLockName({ schema, name }: TableName): string {
  const hash = createHash('sha256').update(`${schema}.${name}`).digest('hex').slice(0, 32);
  return `alterwise:${hash}`;
}

function alreadyRunning(what: string, owner: number | undefined): Fault {
  const who = owner === undefined ? '' : ` (connection ${owner})`;
  return new Fault(`alterwise is at work on ${what} already${who}.`, {
    id: 'already-running',
    exitCode: exitCodes.environment,
    state: 'This run changed nothing; the other goes on.',
    next: 'Wait for it to end.',
  });
}
