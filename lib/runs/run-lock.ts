import { createHash } from 'node:crypto';
import type { Emit } from '../documents/event.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { holdLock } from '../mysql/named-lock.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { type TableName, tableLabel } from '../sql/names.js';

/**
 * Holds a named lock of the server for as long as `use` works on the table, so that a second alterwise finds
 * out before it starts, wherever it runs. The server frees the lock when its owner dies.
 * @param emit is told where the lock was lost to somebody else meanwhile
 * @throws {Fault} exit code 11 where somebody has it
 */
export async function withRunLock<T>(
  settings: ConnectionSettings,
  table: TableName,
  use: () => Promise<T>,
  emit?: Emit,
): Promise<T> {
  return withNamedLock(settings, runLockName(table), tableLabel(table), use, emit);
}

/**
 * The same for a whole migration, from its planning on: what a second run would plan, the first one may be doing.
 * @param key what the migration is known by
 */
export async function withMigrationLock<T>(
  settings: ConnectionSettings,
  key: string,
  use: () => Promise<T>,
  emit?: Emit,
): Promise<T> {
  return withNamedLock(settings, `alterwise:${key}`, 'this migration', use, emit);
}

/** @param what is worked on, for people */
async function withNamedLock<T>(
  settings: ConnectionSettings,
  name: string,
  what: string,
  use: () => Promise<T>,
  emit: Emit = () => {},
): Promise<T> {
  const lock = await holdLock(settings, name, {
    taken: (owner) => alreadyRunning(what, owner),
    onLost: (owner) => emit({ type: 'warning', id: 'lock-lost', text: lostText(what, owner) }),
  });
  try {
    return await use();
  } finally {
    await lock.release();
  }
}

function lostText(what: string, owner: number | undefined): string {
  const who = owner === undefined ? 'another connection' : `connection ${owner}`;
  return `The lock that keeps other runs away from ${what} was lost with its connection, and ${who} has it now.`;
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
