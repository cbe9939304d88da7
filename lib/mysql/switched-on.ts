import type { ConnectionSettings } from '../settings/settings.js';
import { isServerError } from './errors.js';
import { withPatientSession } from './patient.js';
import type { Session } from './session.js';
import { unlessDenied } from './unless-denied.js';

export interface Switch {
  table: 'setup_consumers' | 'setup_instruments';
  name: string;
}

/** Fills performance_schema.events_stages_current: the progress of a direct ALTER. Off by default. */
export const stageEvents: Switch = { table: 'setup_consumers', name: 'events_stages_current' };

/** Fills performance_schema.metadata_locks. On by default in MySQL 8 and up, off in 5.7 and in MariaDB. */
export const metadataLocks: Switch = { table: 'setup_instruments', name: 'wait/lock/metadata/sql/mdl' };

/**
 * Keeps a switch of performance_schema on while `use` runs, where it is off and the account may change it, and
 * puts it back afterwards: these are settings of the whole server.
 */
export async function withSwitchedOn<T>(
  settings: ConnectionSettings,
  which: Switch,
  use: () => Promise<T>,
): Promise<T> {
  const before = await withPatientSession(settings, { limitMs: 10_000 }, (session) =>
    switchOn(session, which),
  );
  try {
    return await use();
  } finally {
    if (before !== undefined) {
      // Who has lost that privilege meanwhile has other things to tell.
      await unlessDenied(
        withPatientSession(settings, { limitMs: 10_000 }, async (session) => {
          if (!(await isInUse(session, which))) await set(session, which, before);
        }),
      );
    }
  }
}

/**
 * Another gh-ost that runs on this server (from 1.1.10 on each holds a named lock) cannot swap without the
 * instrument: it then stays on.
 */
async function isInUse(session: Session, { name }: Switch): Promise<boolean> {
  if (name !== metadataLocks.name) return false;
  const [row] = await session.rows<{ locks: number }>(
    `SELECT COUNT(*) AS locks FROM performance_schema.metadata_locks
      WHERE OBJECT_TYPE='USER LEVEL LOCK' AND OBJECT_NAME LIKE 'gh-ost::%'`,
  );
  return Number(row?.locks ?? 0) > 0;
}

/** The columns that make up the switch: gh-ost wants the instrument of metadata locks timed as well. */
const columnsOf = { setup_consumers: ['ENABLED'], setup_instruments: ['ENABLED', 'TIMED'] } as const;

/** @returns what it was before; undefined where it was on already, or may not be changed */
async function switchOn(session: Session, which: Switch): Promise<string | undefined> {
  const columns = columnsOf[which.table];
  try {
    const [row] = await session.rows<Record<string, string>>(
      `SELECT ${columns.join(', ')} FROM performance_schema.${which.table} WHERE NAME=?`,
      [which.name],
    );
    if (row === undefined || columns.every((column) => row[column] === 'YES')) return undefined;
    await set(session, which, columns.map((column) => `${column}='YES'`).join(', '));
    return columns.map((column) => `${column}='${row[column]}'`).join(', ');
  } catch (error) {
    if (isServerError(error)) return undefined;
    throw error;
  }
}

async function set(session: Session, { table, name }: Switch, values: string): Promise<void> {
  await session.execute(`UPDATE performance_schema.${table} SET ${values} WHERE NAME='${name}'`);
}
