import { type Blocker, readBlockers } from '../inspect/blockers.js';
import { inspectServer } from '../inspect/server.js';
import { cannotAsk } from '../mysql/cannot-ask.js';
import { withSession } from '../mysql/session.js';
import type { TableName } from '../plan/plan.js';
import type { ConnectionSettings } from '../settings/settings.js';

/** Who holds a table, for a statement that did not get its lock: nobody, where the account may not know. */
export async function whoHolds(
  connection: ConnectionSettings,
  table: TableName,
): Promise<readonly Blocker[]> {
  try {
    return await withSession(connection, {}, async (session) =>
      readBlockers(session, await inspectServer(session), table),
    );
  } catch (error) {
    // It would stand in the place of what became of the statement.
    if (cannotAsk(error)) return [];
    throw error;
  }
}
