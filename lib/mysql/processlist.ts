import { isServerError } from './errors.js';
import type { Session } from './session.js';

/** A connection of the server and what it is doing. */
export interface Process {
  id: number;
  user: string;
  host: string;
  schema?: string;
  command: string;
  /** Since it began what it is doing, or has nothing to do. */
  seconds: number;
  state?: string;
  statement?: string;
}

/**
 * All connections that the account may see. By SHOW, for information_schema.PROCESSLIST cannot be read at all on MySQL
 * 9.7 while anybody runs a statement with a character of four bytes (error 3854, measured).
 */
export async function readProcesses(session: Pick<Session, 'rows'>): Promise<Process[]> {
  const rows = await session.rows<Record<string, unknown>>('SHOW FULL PROCESSLIST');
  return rows.map(({ Id, User, Host, db, Command, Time, State, Info }) => ({
    id: Number(Id),
    user: String(User),
    host: String(Host),
    command: String(Command),
    seconds: Number(Time),
    ...(typeof db === 'string' && { schema: db }),
    ...(typeof State === 'string' && State !== '' && { state: State }),
    ...(typeof Info === 'string' && { statement: Info }),
  }));
}

/** Ends the statement that a connection is at; the connection stays. @throws what the server says */
export async function killQuery(session: Session, connectionId: number): Promise<void> {
  await session.execute(`KILL QUERY ${connectionId}`, { limitMs: 5_000 });
}

/**
 * Ends the connection that holds a named lock, where it is one whose client has gone. A server does not notice that when
 * the network between the two has gone silent, and keeps the lock for wait_timeout: for hours.
 * @param isDead whether the connection of this id is such a one
 */
export async function endDeadHolder(
  session: Session,
  lock: string,
  isDead: (connectionId: number) => boolean | Promise<boolean>,
): Promise<void> {
  const [row] = await session.rows<{ owner: number | null }>('SELECT IS_USED_LOCK(?) AS owner', [lock]);
  if (row === undefined || row.owner === null || !(await isDead(Number(row.owner)))) return;
  await endConnection(session, Number(row.owner));
}

export async function endConnection(session: Session, connectionId: number): Promise<void> {
  try {
    await session.execute(`KILL ${connectionId}`);
  } catch (error) {
    if (!isServerError(error)) throw error; // it has gone by itself meanwhile
  }
}
