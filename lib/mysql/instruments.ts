import { Fault } from '../fault.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { isServerError } from './errors.js';
import { type Session, withPatientSession } from './session.js';

export interface Switch {
  table: 'setup_consumers' | 'setup_instruments';
  name: string;
}

/** By column (`ENABLED`, `TIMED`): whether it was on. */
export type Before = Readonly<Record<string, boolean>>;

/** Where it is written down what was switched on. */
export interface SwitchLog {
  switched(which: Switch, before: Before): Promise<void>;
  switchedBack(which: Switch): Promise<void>;
}

/** Fills performance_schema.events_stages_current: the progress of a direct ALTER. Off by default. */
export const stageEvents: Switch = { table: 'setup_consumers', name: 'events_stages_current' };

/** Fills performance_schema.metadata_locks. On by default in MySQL 8 and up, off in 5.7 and in MariaDB. */
export const metadataLocks: Switch = { table: 'setup_instruments', name: 'wait/lock/metadata/sql/mdl' };

/**
 * Keeps a switch of performance_schema on while `use` runs, where it is off and the account may change it, and
 * puts it back afterwards: these are settings of the whole server.
 * @param log told before and after, so that a switch can be put back where this process dies
 */
export async function withSwitchedOn<T>(
  settings: ConnectionSettings,
  which: Switch,
  use: () => Promise<T>,
  log?: SwitchLog,
): Promise<T> {
  const before = await withPatientSession(settings, { limitMs: 10_000 }, (session) =>
    switchOn(session, which, log),
  );
  try {
    return await use();
  } finally {
    if (before !== undefined) {
      // A server that is read-only by now, or has taken the privilege away, must not hide what the run has done.
      await withPatientSession(settings, { limitMs: 10_000 }, async (session) => {
        if (await switchBack(session, which, before)) await log?.switchedBack(which);
      }).catch((error: unknown) => {
        if (!isServerError(error) && !(error instanceof Fault)) throw error;
      });
    }
  }
}

/** As it was, unless somebody needs it now. @returns whether it was put back */
export async function switchBack(session: Session, which: Switch, before: Before): Promise<boolean> {
  if (await isInUse(session, which)) return false;
  await set(session, which, before);
  return true;
}

/** Also where it cannot be asked: then nothing can be put back either. */
export async function isAsBefore(
  session: Session,
  { table, name }: Switch,
  before: Before,
): Promise<boolean> {
  try {
    const [row] = await session.rows<Record<string, string>>(
      `SELECT ${columnsOf[table].join(', ')} FROM performance_schema.${table} WHERE NAME=?`,
      [name],
    );
    return (
      row === undefined || Object.entries(before).every(([column, on]) => (row[column] === 'YES') === on)
    );
  } catch (error) {
    if (isServerError(error)) return true;
    throw error;
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
async function switchOn(
  session: Session,
  which: Switch,
  log: SwitchLog | undefined,
): Promise<Before | undefined> {
  const columns = columnsOf[which.table];
  try {
    const [row] = await session.rows<Record<string, string>>(
      `SELECT ${columns.join(', ')} FROM performance_schema.${which.table} WHERE NAME=?`,
      [which.name],
    );
    if (row === undefined || columns.every((column) => row[column] === 'YES')) return undefined;
    const before = Object.fromEntries(columns.map((column) => [column, row[column] === 'YES']));
    await log?.switched(which, before);
    await set(session, which, Object.fromEntries(columns.map((column) => [column, true])));
    return before;
  } catch (error) {
    if (isServerError(error)) return undefined;
    throw error;
  }
}

async function set(session: Session, { table, name }: Switch, values: Before): Promise<void> {
  const assignments = Object.entries(values).map(([column, on]) => `${column}='${on ? 'YES' : 'NO'}'`);
  await session.execute(
    `UPDATE performance_schema.${table} SET ${assignments.join(', ')} WHERE NAME='${name}'`,
  );
}
