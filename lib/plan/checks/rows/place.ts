import { exitCodes, Fault } from '../../../fault.js';
import { inspectServer, type ServerFacts } from '../../../inspect/server.js';
import { readShape, type TableShape } from '../../../inspect/shape.js';
import { isServerError } from '../../../mysql/errors.js';
import { type Session, withSession } from '../../../mysql/session.js';
import type { ConnectionSettings, Settings } from '../../../settings/settings.js';
import type { Check, TableName } from '../../plan.js';
import { tableLabel } from '../../table-label.js';
import { readLag } from './lag.js';
import { isSameTable } from './same-table.js';

/** Where the rows are read. */
export interface Place {
  session: Session;
  connection: ConnectionSettings;
  server: ServerFacts;
  /** The table as it is there, now: under an earlier statement of the same file its facts are those to come. */
  shape: TableShape;
  /** What is to be said of the place. */
  checks: readonly Check[];
}

/**
 * Opens the server itself, or the replica that `--check-from` names, with the same account and the same TLS.
 * @throws {Fault} exit code 11 where the replica cannot be used
 */
export async function withPlace<T>(
  table: TableName,
  { settings, server }: { settings: Settings; server: ServerFacts },
  use: (place: Place) => Promise<T>,
): Promise<T> {
  const { connection, checks } = settings;
  if (checks.from === undefined) {
    return withSession(connection, {}, async (session) =>
      use({ session, connection, server, shape: await readShape(session, table), checks: [] }),
    );
  }
  const wanted = await withSession(connection, {}, (session) => readShape(session, table));
  const { host, port = connection.port } = checks.from;
  const { socketPath: _, ...rest } = connection;
  const replica = { ...rest, host, port };
  const label = `${host}:${port}`;
  let entered = false;
  try {
    return await withSession(replica, {}, async (session) => {
      const shape = await shapeThere(session, table, label);
      if (!isSameTable(shape, wanted)) throw differs(table, label);
      const its = await inspectServer(session);
      const lag = its.host === server.host ? [] : await readLag(session, its, settings, label);
      entered = true;
      return use({ session, connection: replica, server: its, shape, checks: lag });
    });
  } catch (error) {
    if (entered || !(error instanceof Fault) || error.id.startsWith('check-from')) throw error;
    throw refused('check-from-unreachable', `--check-from: ${error.message}`, error.next, error);
  }
}

async function shapeThere(session: Session, table: TableName, label: string): Promise<TableShape> {
  try {
    return await readShape(session, table);
  } catch (error) {
    if (!isServerError(error)) throw error;
    throw refused(
      'check-from-no-table',
      `${label}, which --check-from names, has no table ${tableLabel(table)} that this account may read: ${error.message}.`,
      'Name a replica that has it, or leave --check-from out.',
      error,
    );
  }
}

function differs(table: TableName, label: string): Fault {
  return refused(
    'check-from-differs',
    `On ${label}, which --check-from names, ${tableLabel(table)} is defined in another way.`,
    'Wait until the replica has caught up, name another one, or leave --check-from out.',
  );
}

function refused(id: string, message: string, next: string | undefined, cause?: unknown): Fault {
  return new Fault(message, {
    id,
    exitCode: exitCodes.environment,
    ...(next !== undefined && { next }),
    ...(cause !== undefined && { cause }),
  });
}
