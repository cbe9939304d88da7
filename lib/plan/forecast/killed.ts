import { killQuery } from '../../mysql/kill-query.js';
import { type Session, withSession } from '../../mysql/session.js';
import type { ConnectionSettings } from '../../settings/settings.js';

/**
 * Runs `work` on a session and ends its statement by KILL QUERY when the signal fires. The kill is over when this returns:
 * what is cleaned up afterwards is not hit by it.
 */
export async function withKill<T>(
  settings: ConnectionSettings,
  session: Session,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  let killing: Promise<void> = Promise.resolve();
  const kill = () => {
    const killed = withSession(settings, {}, (killer) => killQuery(killer, session.connectionId));
    killing = killed.catch(() => {}); // the statement has a limit of its own
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', kill, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', kill);
    await killing;
  }
}
