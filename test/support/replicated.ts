import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Test } from 'tap';
import {
  type SandboxOptions,
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
 * A subtest with a primary and replicas of its own, one for each of the options; skipped where they cannot be had.
 */
export async function withOwnReplicas(
  t: Test,
  kind: ServerKind,
  each: readonly SandboxOptions[],
  body: (t: Test, primary: OwnServer, replicas: readonly OwnServer[]) => Promise<unknown>,
): Promise<void> {
  await t.test(kind, async (t) => {
    try {
      const primary = await own(t, kind, startServer(kind));
      const replicas = await Promise.all(
        each.map((options) => own(t, kind, startReplica(kind, primary, options))),
      );
      await body(t, primary, replicas);
    } catch (error) {
      if (!(error instanceof ServerUnavailable)) throw error;
      t.pass(`skipped: ${error.message}`);
    }
  });
}

async function own(t: Test, kind: ServerKind, starting: ReturnType<typeof startServer>): Promise<OwnServer> {
  const server = await starting;
  t.teardown(() => server.stop());
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

/** Stops or starts the applying on a replica, in the words of its kind. */
export async function applying({ kind, query }: OwnServer, what: 'STOP' | 'START'): Promise<void> {
  await query(`${what} ${kind.startsWith('mariadb') ? 'SLAVE' : 'REPLICA'} SQL_THREAD`);
}

/** Waits for what must come, for half a minute at most. */
export async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within 30 s: ${what}`);
    await sleep(20);
  }
}
