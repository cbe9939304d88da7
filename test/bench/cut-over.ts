import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { type SandboxServer, withServer } from '../sandbox/index.js';
import { type BenchTable, benchTable } from './bench-table.js';
import { figure, median, seconds } from './figures.js';
import type { Bench, BenchOptions } from './overhead.js';
import { alterwiseSwap, bareSwap, type Swap } from './swaps.js';

/** For so long a transaction holds the table from the moment when the copy is complete. */
const heldMs = 20_000;
/** A write that takes longer stood still. */
const stallMs = 250;

interface Stalls {
  totalMs: number;
  longestMs: number;
}

/** What a long transaction at the moment of the swap costs those who write to the table. */
export const cutOver: Bench = {
  description: 'how long writers stand still where a transaction of 20 s meets the swap, against bare gh-ost',
  async run({ pairs, rows, signal }) {
    const tell = (text: string) => console.error(`# ${text}`);
    const ghost = await installGhost({ onProgress: tell, signal });
    const load = loadavg().map((value) => value.toFixed(1));
    console.log(`Node ${process.version}, gh-ost ${ghost.version}, load average ${load.join(' ')}`);
    await withServer('mysql-9.7', { onProgress: tell, signal }, (server) =>
      compare(server, ghost.path, { pairs, rows: Math.min(rows, 50_000), signal }, tell),
    );
  },
};

async function compare(
  server: SandboxServer,
  ghostPath: string,
  { pairs, rows, signal }: Pick<BenchOptions, 'pairs' | 'rows' | 'signal'>,
  tell: (text: string) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'alterwise-bench-'));
  const table = await benchTable(server, rows);
  const found = { alterwise: [] as Stalls[], ghost: [] as Stalls[] };
  try {
    for (let pair = 0; pair < pairs; pair++) {
      for (const which of pair % 2 === 0
        ? (['ghost', 'alterwise'] as const)
        : (['alterwise', 'ghost'] as const)) {
        const swap = which === 'ghost' ? bareSwap : alterwiseSwap;
        const stalls = await one(server, table, (onComplete) =>
          swap(server, { ghostPath, change: table.nextChange(), folder, signal, onComplete }),
        );
        found[which].push(stalls);
        tell(
          `pair ${pair + 1}: ${which}: ${seconds(stalls.totalMs)}, the longest ${seconds(stalls.longestMs)}`,
        );
      }
    }
  } finally {
    await table.close();
    await rm(folder, { recursive: true, force: true });
  }
  print(rows, found);
}

/** One change, with a writer that never stops, and a transaction on the table when the copy is complete. */
async function one(
  server: SandboxServer,
  table: BenchTable,
  swap: (onComplete: () => void) => ReturnType<Swap>,
): Promise<Stalls> {
  const [writer, holder] = [await connect(server), await connect(server)];
  const stop = new AbortController();
  const writing = write(writer, stop.signal);
  try {
    let ending: Promise<unknown> | undefined;
    const holding = hold(holder, stop.signal);
    await swap(() => {
      ending ??= sleep(heldMs).then(() => holder.query('COMMIT'));
    });
    await holding;
    if (ending === undefined) throw new Error('nobody saw the end of the copy');
    await ending;
  } finally {
    stop.abort();
    await writing;
    writer.destroy();
    holder.destroy();
  }
  await table.dropOldTables();
  return writing;
}

function connect({ host, port, user, password }: SandboxServer): Promise<Connection> {
  return createConnection({ host, port, user, password, database: 'bench' });
}

/** Takes hold of the table as soon as there is a copy of it, which is before its swap. */
async function hold(connection: Connection, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const [copies] = await connection.query<RowDataPacket[]>(
      "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA='bench' AND TABLE_NAME='_payments_gho'",
    );
    if (copies.length > 0) break;
    await sleep(20);
  }
  await connection.query('START TRANSACTION');
  await connection.query('SELECT * FROM payments LIMIT 1');
}

/** One small write after the other; for as long as one takes, an application would stand still. */
async function write(connection: Connection, signal: AbortSignal): Promise<Stalls> {
  const stalls: Stalls = { totalMs: 0, longestMs: 0 };
  for (let id = 1; !signal.aborted; id = (id % 1_000) + 1) {
    const start = performance.now();
    await connection.query('UPDATE payments SET account=account+1 WHERE id=?', [id]);
    const ms = performance.now() - start;
    if (ms > stallMs) stalls.totalMs += ms;
    stalls.longestMs = Math.max(stalls.longestMs, ms);
    await sleep(10);
  }
  return stalls;
}

function print(rows: number, { alterwise, ghost }: { alterwise: Stalls[]; ghost: Stalls[] }): void {
  const total = (all: Stalls[]) => median(all.map(({ totalMs }) => totalMs));
  const longest = (all: Stalls[]) => Math.max(...all.map(({ longestMs }) => longestMs));
  const [ours, bare] = [total(alterwise), total(ghost)];
  const of = `${rows} rows, median of ${alterwise.length}`;
  console.log(figure(`writers stood still, bare gh-ost, ${of}`, seconds(bare)));
  console.log(figure('writers stood still, alterwise', seconds(ours)));
  console.log(figure('the longest single stall, bare gh-ost', seconds(longest(ghost))));
  console.log(figure('the longest single stall, alterwise', seconds(longest(alterwise))));
  console.log(figure('ratio of the totals', (ours / bare).toFixed(3)));
  console.log(figure('', `goal: at most 0.1: ${ours <= 0.1 * bare ? 'reached' : 'NOT reached'}`));
}
