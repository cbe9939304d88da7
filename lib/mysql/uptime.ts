import type { Session } from './session.js';

/** For how long the server has been up, by its own count of whole seconds. */
export async function readUptimeMs(session: Pick<Session, 'rows'>): Promise<number> {
  const [row] = await session.rows<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Uptime'");
  return Number(row?.Value ?? 0) * 1_000;
}

/**
 * Whether the server was started less than `agoMs` ago: its switches are as its configuration says since then, and
 * its connections are numbered anew. True in doubt: what the server counts may be a second more than it is.
 */
export async function hasRestartedSince(session: Session, agoMs: number): Promise<boolean> {
  return (await readUptimeMs(session)) < agoMs + 1_000;
}
