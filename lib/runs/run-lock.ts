import { createHash } from 'node:crypto';
import type { Emit } from '../documents/event.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { holdLock } from '../mysql/named-lock.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { type TableName, tableLabel } from '../sql/names.js';

/**
 * Holds a named lock of the server while `use` works on the table, so that a second alterwise notices before it
 * starts, wherever it runs. The server frees the lock when its owner dies.
 * @param emit gets a warning if the lock is lost to another connection meanwhile
 * @throws {Fault} exit code 11 if it is taken
 */
export function withRunLock<T>(
  settings: ConnectionSettings,
  table: TableName,
  use: () => Promise<T>,
  emit?: Emit,
): Promise<T> {
  return withNamedLock(settings, runLockName(table), tableLabel(table), use, emit);
}

/** The same for a whole migration, from its planning on: the first run may be doing what a second one would plan. */
export function withMigrationLock<T>(
  settings: ConnectionSettings,
  key: string,
  use: () => Promise<T>,
  emit?: Emit,
): Promise<T> {
  return withNamedLock(settings, `alterwise:${key}`, 'this migration', use, emit);
}

/** A lock name has at most 64 characters, a qualified table name up to 129. */
export function runLockName({ schema, name }: TableName): string {
  const hash = createHash('sha256').update(`${schema}.${name}`).digest('hex').slice(0, 32);
  return `alterwise:${hash}`;
}

async function withNamedLock<T>(
  settings: ConnectionSettings,
  name: string,
  what: string,
  use: () => Promise<T>,
  emit?: Emit,
): Promise<T> {
  const lock = await holdLock(settings, name, {
    taken: (owner) => alreadyRunning(what, owner),
    onLost: (owner) => {
      const who = owner === undefined ? 'another connection' : `connection ${owner}`;
      const text = `The lock that keeps other runs off ${what} was lost with its connection; ${who} holds it now.`;
      emit?.({ type: 'warning', id: 'lock-lost', text });
    },
  });
  try {
    return await use();
  } finally {
    await lock.release();
  }
}

function alreadyRunning(what: string, owner: number | undefined): Fault {
  const who = owner === undefined ? '' : ` (connection ${owner})`;
  return new Fault(`Another alterwise is working on ${what}${who}.`, {
    id: 'already-running',
    exitCode: exitCodes.environment,
    state: 'This run changed nothing; the other one continues.',
    next: 'Wait until it ends; alterwise status shows how far it is.',
  });
}
