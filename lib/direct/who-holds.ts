import { type Blocker, readBlockers } from '../inspect/blockers.js';
import { inspectServer } from '../inspect/server.js';
import { withSession } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import type { ConnectionSettings } from '../settings/settings.js';

/** Who holds a table, for a statement that did not get its lock. */
export async function whoHolds(
  connection: ConnectionSettings,
  table: TableName,
): Promise<readonly Blocker[]> {
  return withSession(connection, {}, async (session) =>
    readBlockers(session, await inspectServer(session), table),
  );
}
