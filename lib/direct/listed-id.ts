import { readProcesses } from '../mysql/processlist.js';
import type { Session } from '../mysql/session.js';

/**
 * The id by which the server's list of processes knows a session. A proxy that has ids of its own (ProxySQL, MaxScale)
 * tells the client one of those: KILL is translated on its way, but the list is the server's. CONNECTION_ID() does not
 * help: the proxy answers it, or the next statement goes by another connection.
 * @returns undefined where the list does not have the session by the id that it was told
 */
export async function listedId(session: Session): Promise<number | undefined> {
  const own = (await readProcesses(session)).find(({ id }) => id === session.connectionId);
  // Another connection may have the number by chance: this one is reading the list.
  return own?.statement?.startsWith('SHOW FULL PROCESSLIST') ? own.id : undefined;
}
