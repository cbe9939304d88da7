import type { Session } from './session.js';

/** Ends the statement that a connection is at; the connection stays. @throws what the server says */
export async function killQuery(session: Session, connectionId: number): Promise<void> {
  await session.execute(`KILL QUERY ${connectionId}`, { limitMs: 5_000 });
}
