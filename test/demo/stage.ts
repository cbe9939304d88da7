import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'mysql2/promise';
import type { InstalledGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { type Load, type LoadTable, startLoad } from '../load/index.js';
import type { SandboxServer } from '../sandbox/index.js';
import { type Client, withClient } from './client.js';
import { install } from './install.js';
import { investments } from './investments.js';
import type { Screen } from './screen.js';
import { withShop } from './shop.js';

export interface DemoOptions {
  rows: number;
  screen: Screen;
  /** Aborted: stop, and leave nothing. */
  signal: AbortSignal;
}

/** All that the story is played on. */
export interface Stage extends DemoOptions {
  server: SandboxServer;
  ghost: InstalledGhost;
  /** To the server, as any program opens one. */
  connection: ConnectionOptions;
  /** Where alterwise records its runs. */
  stateDir: string;
  /** A connection for what the story itself wants to know. */
  client: Client;
  table: LoadTable;
  load: Load;
}

const seed = 4_200;
const writing = { writers: 4, perSecond: 200 };

/** Sets up server, table and writers, hands them to `play`, and leaves nothing of them, whatever happens. */
export async function withStage<T>(options: DemoOptions, play: (stage: Stage) => Promise<T>): Promise<T> {
  options.screen.headline('Setting the stage');
  const { server, ghost } = await install(options);
  return withServer(server, options, (client, connection) => {
    const table = investments(options.rows);
    return withShop(server.kind, { connection, client, table, seed }, options, () =>
      withStateDir((stateDir) => {
        const stage = { ...options, server, ghost, connection, client, table, stateDir };
        return withLoad(stage, (load) => play({ ...stage, load }));
      }),
    );
  });
}

async function withStateDir<T>(use: (stateDir: string) => Promise<T>): Promise<T> {
  const stateDir = await mkdtemp(join(tmpdir(), 'alterwise-demo-'));
  try {
    return await use(stateDir);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function withServer<T>(
  server: SandboxServer,
  { screen, signal }: DemoOptions,
  use: (client: Client, connection: ConnectionOptions) => Promise<T>,
): Promise<T> {
  const { host, port, user, password, kind } = server;
  const connection = { host, port, user, password };
  try {
    return await withClient(connection, signal, (client) => use(client, connection));
  } finally {
    // What this data was for is over: nobody waits for a shutdown in good order.
    if (kind !== 'external') await screen.waiting('The server and its folder are gone', () => server.kill());
  }
}

async function withLoad<T>(
  { connection, table, signal, screen }: Omit<Stage, 'load'>,
  use: (load: Load) => Promise<T>,
): Promise<T> {
  const leave = new AbortController();
  const load = await startLoad({
    connection,
    table,
    seed,
    signal: AbortSignal.any([signal, leave.signal]),
    ...writing,
  });
  try {
    screen.say(
      `  ${writing.writers} clients make ${writing.perSecond} writes a second, and log what was committed.`,
    );
    return await use(load);
  } finally {
    leave.abort();
  }
}
