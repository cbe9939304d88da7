import type { ConnectionSettings } from '../settings/settings.js';
import { isServerError } from './errors.js';
import { withPatientSession } from './patient.js';

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
  const switched = await set(settings, which, 'NO', 'YES');
  try {
    return await use();
  } finally {
    if (switched) await set(settings, which, 'YES', 'NO');
  }
}

/** @returns true where it was switched; false where it was so already, or may not be */
async function set(
  settings: ConnectionSettings,
  { table, name }: Switch,
  from: string,
  to: string,
): Promise<boolean> {
  const update = `UPDATE performance_schema.${table} SET ENABLED='${to}' WHERE NAME='${name}' AND ENABLED='${from}'`;
  const changed = await withPatientSession(settings, { limitMs: 10_000 }, async (session) => {
    try {
      return (await session.execute(update)).affectedRows > 0;
    } catch (error) {
      if (isServerError(error)) return false;
      throw error;
    }
  });
  return changed ?? false;
}
