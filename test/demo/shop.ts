import type { ConnectionOptions } from 'mysql2/promise';
import { exitCodes } from '../../lib/exit-code.js';
import { Fault } from '../../lib/fault.js';
import { humanCount } from '../../lib/text/human.js';
import { fillTable, type LoadTable } from '../load/index.js';
import type { SandboxServer } from '../sandbox/index.js';
import { type Client, withClient } from './client.js';
import { definition } from './investments.js';
import type { DemoOptions } from './stage.js';

const dropLimitMs = 60_000;

export interface Shop {
  /** To the server, as any program opens one. */
  connection: ConnectionOptions;
  client: Client;
  table: LoadTable;
  seed: number;
}

/** Makes the schema and its table, filled; of a server that is not thrown away afterwards, takes them away again. */
export async function withShop<T>(
  kind: SandboxServer['kind'],
  { connection, client, table, seed }: Shop,
  options: DemoOptions,
  use: () => Promise<T>,
): Promise<T> {
  const there = await client.ask("SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME='shop'");
  if (there.length > 0) {
    throw new Fault('This server has a schema named shop already.', {
      id: 'demo-schema',
      exitCode: exitCodes.environment,
      next: 'Name another server in ALTERWISE_SANDBOX_URL, or none.',
    });
  }
  await client.ask('CREATE DATABASE shop');
  try {
    await fill({ connection, client, table, seed }, options);
    return await use();
  } finally {
    if (kind === 'external') {
      // On a connection and a limit of its own: the story may have been stopped.
      const limit = AbortSignal.timeout(dropLimitMs);
      await withClient(connection, limit, (own) => own.ask('DROP DATABASE shop'));
    }
  }
}

async function fill(
  { connection, client, table, seed }: Shop,
  { screen, signal }: DemoOptions,
): Promise<void> {
  const [version] = await client.ask('SELECT VERSION() version');
  const of = humanCount(table.rows);
  await client.ask(definition);
  await screen.waiting(`MySQL ${version?.version} has shop.investments with ${of} rows`, (tell) =>
    fillTable({
      connection,
      table,
      seed,
      signal,
      onProgress: (rows) => tell(`filling shop.investments: ${humanCount(rows)} of ${of} rows`),
    }),
  );
  // As the server itself would do it after a while: plans are made from it.
  await client.ask('ANALYZE TABLE shop.investments');
}
