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
