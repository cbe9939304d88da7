import { quoteString } from '../sql/names.js';
import { present } from '../util/present.js';
import { unlessRefused } from './errors.js';
import type { Session } from './session.js';

/** A connection of the server and what it is doing. */
export interface Process {
  id: number;
  user: string;
  host: string;
  schema?: string;
  command: string;
  /** In its present state. */
  seconds: number;
  state?: string;
  statement?: string;
}

/**
 * All connections that the account may see. SHOW, because information_schema.PROCESSLIST fails on MySQL 9.7 while any
 * connection runs a statement with a four-byte character (error 3854, measured).
 */
export async function readProcesses(session: Pick<Session, 'rows'>): Promise<Process[]> {
  const rows = await session.rows<Record<string, unknown>>('SHOW FULL PROCESSLIST');
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  return rows.map(({ Id, User, Host, db, Command, Time, State, Info }) =>
    present({
      id: Number(Id),
      user: String(User),
      host: String(Host),
      command: String(Command),
      seconds: Number(Time),
      schema: text(db),
      state: text(State),
      statement: text(Info),
    }),
  );
}

/** Ends the statement of a connection, which stays open. @throws a server error */
export async function killQuery(session: Session, connectionId: number): Promise<void> {
  await session.execute(`KILL QUERY ${connectionId}`, { limitMs: 5_000 });
}

/**
 * Ends the connection that holds a named lock if its client is gone. On a silent network the server does not notice that,
 * and keeps the lock until wait_timeout, for hours.
 * @param isDead whether the client of this connection is gone
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
  await unlessRefused(session.execute(`KILL ${connectionId}`)); // it may have ended meanwhile
}

/** The server's uptime, in whole seconds by its own count. */
export async function readUptimeMs(session: Pick<Session, 'rows'>): Promise<number> {
  return (await readStatus(session, 'Uptime')) * 1_000;
}

/** A number of SHOW GLOBAL STATUS; 0 if this server does not count it. */
export async function readStatus(session: Pick<Session, 'rows'>, name: string): Promise<number> {
  const [row] = await session.rows<{ Value: string }>(`SHOW GLOBAL STATUS LIKE ${quoteString(name)}`);
  return Number(row?.Value ?? 0);
}

/**
 * Whether the server was started less than `agoMs` ago: since then its settings are those of its configuration, and
 * connection ids start over. True in doubt: its count may be a second too high.
 */
export async function hasRestartedSince(session: Session, agoMs: number): Promise<boolean> {
  return (await readUptimeMs(session)) < agoMs + 1_000;
}
