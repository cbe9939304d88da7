import type { Before, Switch } from '../documents/record.js';
import { Fault } from '../fault.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { isServerError, unlessRefused } from './errors.js';
import { type Session, withPatientSession } from './session.js';

/** Records what was switched on, so that it can be switched back if this process dies. */
export interface SwitchLog {
  switched(which: Switch, before: Before): Promise<void>;
  switchedBack(which: Switch): Promise<void>;
}

/** Fills performance_schema.events_stages_current: the progress of a direct ALTER. Off by default. */
export const stageEvents: Switch = { table: 'setup_consumers', name: 'events_stages_current' };

/**
 * Fills performance_schema.metadata_locks, which gh-ost 1.1.10 and later look at before the cut-over. Off by default on
 * MySQL 5.7 and MariaDB.
 */
export const metadataLocks: Switch = { table: 'setup_instruments', name: 'wait/lock/metadata/sql/mdl' };

const limitMs = 10_000;

/**
 * Keeps a setting of performance_schema on while `use` runs, if it is off and the account may change it, and switches it
 * back afterwards: it holds for the whole server.
 */
export async function withSwitchedOn<T>(
  settings: ConnectionSettings,
  which: Switch,
  use: () => Promise<T>,
  log?: SwitchLog,
): Promise<T> {
  const before = await withPatientSession(settings, { limitMs }, (session) => switchOn(session, which, log));
  try {
    return await use();
  } finally {
    if (before !== undefined) {
      // A server that has become read-only, or a lost privilege, must not hide what the run has done.
      await withPatientSession(settings, { limitMs }, async (session) => {
        if (await switchBack(session, which, before)) await log?.switchedBack(which);
      }).catch((error: unknown) => {
        if (!isServerError(error) && !(error instanceof Fault)) throw error;
      });
    }
  }
}

/** @returns what it was before; undefined if it was on, or may not be changed */
async function switchOn(session: Session, which: Switch, log?: SwitchLog): Promise<Before | undefined> {
  const before = await unlessRefused(read(session, which));
  if (before === undefined || Object.values(before).every(Boolean)) return undefined;
  await log?.switched(which, before);
  const on = Object.fromEntries(Object.keys(before).map((column) => [column, true]));
  return unlessRefused(set(session, which, on).then(() => before));
}

/**
 * Unless it is needed now: another gh-ost on this server (each holds a named lock from 1.1.10 on) cannot cut over without
 * the instrument.
 * @returns whether it was switched back
 */
export async function switchBack(session: Session, which: Switch, before: Before): Promise<boolean> {
  if (which.name === metadataLocks.name && (await isGhostRunning(session))) return false;
  await set(session, which, before);
  return true;
}

/** Also if it cannot be read: then it cannot be switched back either. */
export async function isAsBefore(session: Session, which: Switch, before: Before): Promise<boolean> {
  const now = await unlessRefused(read(session, which));
  return now === undefined || Object.entries(before).every(([column, on]) => now[column] === on);
}

/** gh-ost wants the instrument timed as well. */
const columnsOf = { setup_consumers: ['ENABLED'], setup_instruments: ['ENABLED', 'TIMED'] } as const;

async function read(session: Session, { table, name }: Switch): Promise<Before | undefined> {
  const columns = columnsOf[table];
  const [row] = await session.rows<Record<string, string>>(
    `SELECT ${columns.join(', ')} FROM performance_schema.${table} WHERE NAME=?`,
    [name],
  );
  return row && Object.fromEntries(columns.map((column) => [column, row[column] === 'YES']));
}

async function set(session: Session, { table, name }: Switch, values: Before): Promise<void> {
  const assignments = Object.entries(values).map(([column, on]) => `${column}='${on ? 'YES' : 'NO'}'`);
  await session.execute(
    `UPDATE performance_schema.${table} SET ${assignments.join(', ')} WHERE NAME='${name}'`,
  );
}

async function isGhostRunning(session: Session): Promise<boolean> {
  const [row] = await session.rows<{ locks: number }>(
    `SELECT COUNT(*) AS locks FROM performance_schema.metadata_locks
      WHERE OBJECT_TYPE='USER LEVEL LOCK' AND OBJECT_NAME LIKE 'gh-ost::%'`,
  );
  return Number(row?.locks ?? 0) > 0;
}
