import { randomBytes } from 'node:crypto';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Test } from 'tap';
import type { TestServers } from './runner/test-servers.js';
import type { ServerKind } from './sandbox/index.js';

export interface TestServer {
  kind: ServerKind;
  host: string;
  port: number;
  user: string;
  password: string;
}

export interface Schema {
  name: string;
  /** As root, in the schema. One connection for all queries, opened with the schema. */
  query<Row extends object = RowDataPacket>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** One more connection as root, in the schema; closed with the test. */
  connect(): Promise<Connection>;
  /** Done by itself when the test ends. */
  drop(): Promise<void>;
}

/**
 * One subtest for each kind of server, named after it, all at a time; skipped with the reason if the server cannot be
 * started here.
 */
export async function forEachServer(t: Test, kinds: readonly ServerKind[], body: Body): Promise<void> {
  t.jobs = kinds.length;
  await Promise.all(kinds.map((kind) => onServer(t, kind, body)));
  t.jobs = 1;
}

/** The same, one after the other: for what the whole process shares, such as its environment. */
export async function forEachServerInTurn(t: Test, kinds: readonly ServerKind[], body: Body): Promise<void> {
  for (const kind of kinds) await onServer(t, kind, body);
}

type Body = (t: Test, server: TestServer) => Promise<unknown>;

async function onServer(t: Test, kind: ServerKind, body: Body): Promise<void> {
  const server = servers()[kind] ?? { missing: 'not started' };
  if ('missing' in server) await t.test(kind, { skip: server.missing }, async () => {});
  else await t.test(kind, { buffered: true }, async (t) => void (await body(t, { kind, ...server })));
}

/** A schema of its own, so that tests which run side by side do not meet. */
export async function freshSchema(t: Test, server: TestServer): Promise<Schema> {
  const name = `aw_${process.pid}_${randomBytes(4).toString('hex')}`;
  const { host, port, user, password } = server;
  const opened: Connection[] = [];
  const connect = async (database?: string) => {
    const connection = await createConnection({ host, port, user, password, ...(database && { database }) });
    connection.on('error', () => {}); // a test may kill it; the next query on it tells
    opened.push(connection);
    return connection;
  };
  const main = await connect();
  await main.query(`CREATE DATABASE ${name}`);
  await main.query(`USE ${name}`);
  const drop = async () => {
    const last = await createConnection({ host, port, user, password });
    // Killed rather than closed: a test may have left a lock, or a query that never ends.
    for (const connection of opened.splice(0)) {
      await last.query(`KILL ${connection.threadId}`).catch(unlessGone);
      connection.destroy();
    }
    await last.query('SET SESSION lock_wait_timeout=20');
    await last.query(`DROP DATABASE IF EXISTS ${name}`);
    await last.end();
  };
  t.teardown(drop);
  return {
    name,
    query: async <Row extends object = RowDataPacket>(sql: string, values: readonly unknown[] = []) => {
      const [rows] = await main.query<RowDataPacket[]>(sql, [...values]);
      return rows as unknown as Row[];
    },
    connect: () => connect(name),
    drop,
  };
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ER_NO_SUCH_THREAD')) throw error;
}

function servers(): TestServers {
  const text = process.env.ALTERWISE_TEST_SERVERS;
  if (!text) throw new Error('ALTERWISE_TEST_SERVERS is not set: run this file with `npm test -- <file>`');
  return JSON.parse(text) as TestServers;
}
