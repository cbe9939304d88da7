import type { Check } from '../documents/plan.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { inspectServer, type ServerFacts } from '../inspect/server.js';
import { readReplicaStatus } from '../inspect/topology.js';
import { isServerError } from '../mysql/errors.js';
import { type Session, withSession } from '../mysql/session.js';
import type { ConnectionSettings, Settings } from '../settings/settings.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { readShape, type TableShape } from '../table/shape.js';
import { humanMs } from '../text/human.js';

/** The server on which the rows are read. */
export interface RowSource {
  session: Session;
  connection: ConnectionSettings;
  server: ServerFacts;
  /** The table as it is there now. The plan's facts may be those that an earlier statement of the file will bring about. */
  shape: TableShape;
  /** What to report of the server. */
  checks: readonly Check[];
}

/**
 * Opens the server itself, or the replica that `--check-from` names, with the same account and the same TLS.
 * @throws {Fault} exit code 11 if the replica cannot be used
 */
export async function withRowSource<T>(
  table: TableName,
  { settings, server }: { settings: Settings; server: ServerFacts },
  use: (source: RowSource) => Promise<T>,
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
      if (essenceOf(shape) !== essenceOf(wanted)) {
        throw refused(
          'check-from-differs',
          `The definition of ${tableLabel(table)} on ${label}, which --check-from names, differs from that on the server.`,
          'Wait until the replica has caught up, name another one, or leave --check-from out.',
        );
      }
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

function refused(id: string, message: string, next: string | undefined, cause?: unknown): Fault {
  return new Fault(message, { id, exitCode: exitCodes.environment, ...(next && { next }), cause });
}

/** Rows that have not reached the replica yet were not checked. */
export async function readLag(
  session: Session,
  server: ServerFacts,
  { ghost }: Pick<Settings, 'ghost'>,
  label: string,
): Promise<Check[]> {
  const lag = await lagText(session, server, ghost.maxLagMs);
  if (lag === undefined) return [];
  const text = `The rows were read on ${label}, ${lag}.`;
  const fix = 'Check the rows on the server itself: leave --check-from out.';
  return [{ id: 'check-from-lags', level: 'warning', text, fix }];
}

async function lagText(session: Session, server: ServerFacts, maxLagMs: number): Promise<string | undefined> {
  try {
    const rows = await readReplicaStatus(session, server);
    if (rows.length === 0) return 'which follows no other server';
    const behind = rows.map(({ Seconds_Behind_Source: seconds }) => seconds ?? undefined);
    if (behind.includes(undefined)) return 'whose replication has stopped';
    const lagMs = Math.max(...behind.map(Number)) * 1_000;
    return lagMs > maxLagMs ? `which is ${humanMs(lagMs)} behind` : undefined;
  } catch (error) {
    if (!isServerError(error)) throw error;
    return 'and this account has no privilege to see how far it lags';
  }
}

/**
 * What constrains the rows: columns and unique keys. Versions write SHOW CREATE TABLE in different ways (`int(11)`,
 * defaults, names of charsets).
 */
function essenceOf({ columns, indexes }: TableShape): string {
  return JSON.stringify([
    columns.map(({ name, type, collation, nullable, generated }) => ({
      name,
      type: type.replace(/^(\w*int|year)\(\d+\)/, '$1'),
      collation: collation?.replace(/^utf8_/, 'utf8mb3_'),
      nullable,
      generated,
    })),
    indexes
      .filter(({ unique }) => unique)
      .map(({ name, parts }) => [name, parts.map(({ column, prefix }) => ({ column, prefix }))]),
  ]);
}
