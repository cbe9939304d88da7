import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { type SandboxServer, withServer } from '../sandbox/index.js';
import { alterwiseRun, buildAlterwise, startUpMs } from './alterwise.js';
import { bareRun, type RecordedGhost, recorder } from './bare-ghost.js';
import { type BenchTable, benchTable } from './bench-table.js';
import { figure, median, seconds } from './figures.js';

export interface BenchOptions {
  pairs: number;
  rows: number;
  /** Of the tables that a benchmark makes by itself. */
  scale: number;
  /** For those that last as long as one likes. */
  minutes: number;
  signal: AbortSignal;
}

export interface Bench {
  description: string;
  run(options: BenchOptions): Promise<void>;
}

/** What the pilot costs: alterwise against bare gh-ost with the flags that alterwise gave it. */
export const overhead: Bench = {
  description: 'time and memory of alterwise against bare gh-ost with the same flags; start-up time',
  async run(options) {
    const tell = (text: string) => console.error(`# ${text}`);
    tell('building dist');
    await buildAlterwise(options.signal);
    const ghost = await installGhost({ onProgress: tell, signal: options.signal });
    const load = loadavg().map((value) => value.toFixed(1));
    console.log(`Node ${process.version}, gh-ost ${ghost.version}, load average ${load.join(' ')}`);
    const startUps = await startUpMs(20);
    console.log(figure('start-up of --help, median of 20', `${Math.round(median(startUps))} ms`));
    console.log(figure('', goal('under 150 ms', median(startUps) < 150)));
    await withServer('mysql-9.7', { onProgress: tell, signal: options.signal }, (server) =>
      pairs(server, ghost.path, options, tell),
    );
  },
};

async function pairs(
  server: SandboxServer,
  ghostPath: string,
  { pairs, rows, signal }: BenchOptions,
  tell: (text: string) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'alterwise-bench-'));
  const table = await benchTable(server, rows);
  try {
    tell('one run to warm up, which records the flags');
    const recorded = await recorder(ghostPath, folder);
    await alterwiseRun(server, recorded.path, table.nextChange(), signal);
    await table.dropOldTables();
    const both = { alterwise: [] as number[], ghost: [] as number[], memory: [] as number[] };
    for (let pair = 0; pair < pairs; pair++) {
      const [first, second] =
        pair % 2 === 0 ? (['alterwise', 'ghost'] as const) : (['ghost', 'alterwise'] as const);
      for (const which of [first, second]) {
        const took = await one(which, server, ghostPath, recorded, table, folder, signal);
        both[which].push(took.ms);
        if (took.peakBytes !== undefined) both.memory.push(took.peakBytes);
      }
      tell(
        `pair ${pair + 1}: alterwise ${seconds(both.alterwise.at(-1))}, gh-ost ${seconds(both.ghost.at(-1))}`,
      );
    }
    print(rows, both);
  } finally {
    await table.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function one(
  which: 'alterwise' | 'ghost',
  server: SandboxServer,
  ghostPath: string,
  recorded: RecordedGhost,
  table: BenchTable,
  folder: string,
  signal: AbortSignal,
): Promise<{ ms: number; peakBytes?: number }> {
  const change = table.nextChange();
  const took =
    which === 'alterwise'
      ? await alterwiseRun(server, ghostPath, change, signal)
      : { ms: await bareRun(server, await recorded.flags(), { path: ghostPath, change, folder, signal }) };
  await table.dropOldTables();
  return took;
}

function print(
  rows: number,
  { alterwise, ghost, memory }: { alterwise: number[]; ghost: number[]; memory: number[] },
): void {
  const [ours, bare] = [median(alterwise), median(ghost)];
  const limit = 1.05 * bare + 4_000;
  console.log(figure(`alterwise, ${rows} rows, median of ${alterwise.length}`, seconds(ours)));
  console.log(figure('bare gh-ost, the same flags', seconds(bare)));
  console.log(figure('ratio', `${(ours / bare).toFixed(2)} (${seconds(ours - bare)} more)`));
  console.log(figure('', goal(`at most 1.05 times and 4 s, here ${seconds(limit)}`, ours <= limit)));
  const peak = Math.max(...memory) / 1e6;
  const known = memory.length > 0;
  console.log(
    figure(
      'peak memory of the wrapper, highest of all runs',
      known ? `${peak.toFixed(1)} MB` : '? (not Linux)',
    ),
  );
  if (known) console.log(figure('', goal('under 90 MB', peak < 90)));
}

function goal(text: string, reached: boolean): string {
  return `goal: ${text}: ${reached ? 'reached' : 'NOT reached'}`;
}
