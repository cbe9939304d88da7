import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Test } from 'tap';
import {
  type SandboxOptions,
  type SandboxServer,
  type ServerKind,
  ServerUnavailable,
  startReplica,
  startServer,
} from '../sandbox/index.js';
import type { TestServer } from '../servers.js';

/** A server of this test alone. */
export interface OwnServer extends TestServer {
  query<Row extends object = RowDataPacket>(sql: string): Promise<Row[]>;
  stop(): Promise<void>;
}

/**
 * A subtest with a primary and replicas of its own, one for each of the options; skipped with the reason if they
 * cannot be started here.
 */
export async function withOwnReplicas(
  t: Test,
  kind: ServerKind,
  each: readonly SandboxOptions[],
  body: (t: Test, primary: OwnServer, replicas: readonly OwnServer[]) => Promise<unknown>,
): Promise<void> {
  const started: SandboxServer[] = [];
  const start = async (starting: Promise<SandboxServer>): Promise<SandboxServer> => {
    const server = await starting;
    started.push(server);
    return server;
  };
  try {
    const primary = await start(startServer(kind));
    const starting = each.map((options) => start(startReplica(kind, primary, options)));
    await Promise.allSettled(starting); // so that whatever was started is known, and stopped
    const replicas = await Promise.all(starting);
    await t.test(kind, async (t) => {
      await body(t, await own(t, kind, primary), await Promise.all(replicas.map((one) => own(t, kind, one))));
    });
  } catch (error) {
    if (!(error instanceof ServerUnavailable)) throw error;
    await t.test(kind, { skip: error.reason }, async () => {});
  } finally {
    await Promise.all(started.map((server) => server.stop()));
  }
}

async function own(t: Test, kind: ServerKind, server: SandboxServer): Promise<OwnServer> {
  const { host, port, user, password } = server;
  const connection = await createConnection({ host, port, user, password });
  connection.on('error', () => {}); // a test may stop the server
  t.teardown(() => connection.destroy());
  return {
    kind,
    host,
    port,
    user,
    password,
    query: async <Row extends object>(sql: string) => {
      const [rows] = await connection.query<RowDataPacket[]>(sql);
      return rows as unknown as Row[];
    },
    stop: () => server.stop(),
  };
}

/** Stops or starts the applying on a replica, in the syntax of its kind. */
export async function applying({ kind, query }: OwnServer, what: 'STOP' | 'START'): Promise<void> {
  await query(`${what} ${kind.startsWith('mariadb') ? 'SLAVE' : 'REPLICA'} SQL_THREAD`);
}
