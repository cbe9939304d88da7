import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { startServer } from './start-server.js';
import type { SandboxOptions, SandboxServer, ServerKind } from './types.js';

const followLimitMs = 30_000;

/**
 * Starts another throwaway server of this kind, with the same root, and has it follow `primary` from the beginning of
 * its binary log. It is a server of its own: whoever started it ends it.
 * @param primary one that was started here, whose binary logs are all still there
 * @throws {Error} where it does not follow within 30 s, with what the replica says; it is ended then
 */
export async function startReplica(
  kind: ServerKind,
  primary: Pick<SandboxServer, 'host' | 'port' | 'user' | 'password'>,
  options: SandboxOptions = {},
): Promise<SandboxServer> {
  // Without report-host SHOW REPLICAS has no address for it (manual, "report_host").
  const variables = { 'report-host': '127.0.0.1', ...options.variables };
  const replica = await startServer(kind, { ...options, variables, password: primary.password });
  try {
    await follow(kind, replica, primary, options.signal);
    return replica;
  } catch (error) {
    await replica.stop();
    throw error;
  }
}

async function follow(
  kind: ServerKind,
  { host, port, user, password }: SandboxServer,
  primary: Pick<SandboxServer, 'host' | 'port' | 'user' | 'password'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const connection = await createConnection({ host, port, user, password });
  try {
    const { change, start, show } = words(kind);
    await connection.query(change, [primary.host, primary.port, primary.user, primary.password]);
    await connection.query(start);
    await untilFollowing(connection, show, signal);
  } finally {
    connection.destroy();
  }
}

/** The words changed with MySQL 8.0.22 and 8.0.23; MariaDB has kept the old ones. */
function words(kind: ServerKind): { change: string; start: string; show: string } {
  const old = { start: 'START SLAVE', show: 'SHOW SLAVE STATUS' };
  const master = 'CHANGE MASTER TO MASTER_HOST=?, MASTER_PORT=?, MASTER_USER=?, MASTER_PASSWORD=?';
  switch (kind) {
    case 'mariadb-10.11':
    case 'mariadb-11.4':
      return { ...old, change: `${master}, MASTER_USE_GTID=slave_pos` };
    case 'mysql-5.7':
      return { ...old, change: `${master}, MASTER_AUTO_POSITION=1` };
    case 'mysql-8.0':
      return { ...old, change: `${master}, MASTER_AUTO_POSITION=1, GET_MASTER_PUBLIC_KEY=1` };
    case 'mysql-9.7':
      return {
        change: `CHANGE REPLICATION SOURCE TO ${sourceOptions}, SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1`,
        start: 'START REPLICA',
        show: 'SHOW REPLICA STATUS',
      };
  }
}

const sourceOptions = 'SOURCE_HOST=?, SOURCE_PORT=?, SOURCE_USER=?, SOURCE_PASSWORD=?';

async function untilFollowing(
  connection: Connection,
  show: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + followLimitMs;
  for (;;) {
    signal?.throwIfAborted();
    const [[row]] = await connection.query<RowDataPacket[]>(show);
    const runs = [
      row?.Replica_IO_Running ?? row?.Slave_IO_Running,
      row?.Replica_SQL_Running ?? row?.Slave_SQL_Running,
    ];
    if (runs.every((is) => is === 'Yes')) return;
    const said = [row?.Last_IO_Error, row?.Last_SQL_Error].filter(Boolean).join('; ');
    if (Date.now() > deadline)
      throw new Error(`the replica does not follow its primary: ${said || runs.join(', ')}`);
    await sleep(50);
  }
}
