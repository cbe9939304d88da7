import { ServerUnavailable } from '../sandbox/unavailable.js';
import { type CellEnd, runCell } from './cell.js';
import type { Cell } from './fault.js';
import type { Reported } from './report.js';
import { type FaultyServer, startFaultyServer } from './server.js';

/** Enough for the server's own files and a table of 300,000 rows three times. */
const smallDiskMb = 700;

export interface RunCellsOptions {
  /** How many servers at a time. */
  lanes: number;
  signal: AbortSignal;
  /** Of the table that is copied by gh-ost, where it is not the usual size. */
  ghostRows?: number;
}

/** Runs cells on servers of their own, one after the other on each, and tells each as it ends. */
export async function runCells(
  cells: readonly Cell[],
  options: RunCellsOptions,
  tell: (reported: Reported) => void,
): Promise<void> {
  const waiting = [...cells].sort((a, b) => serverOf(a).localeCompare(serverOf(b)));
  await Promise.all(Array.from({ length: options.lanes }, () => lane(waiting, options, tell)));
}

async function lane(
  waiting: Cell[],
  { signal, ghostRows }: RunCellsOptions,
  tell: (reported: Reported) => void,
): Promise<void> {
  let server: FaultyServer | undefined;
  let isFor: string | undefined;
  try {
    for (let cell = waiting.shift(); cell !== undefined && !signal.aborted; cell = waiting.shift()) {
      const impossible = await cell.fault.impossible?.();
      if (impossible !== undefined) {
        tell({ cell, impossible });
        continue;
      }
      if (server === undefined || isFor !== serverOf(cell)) {
        await server?.remove();
        server = undefined;
        const started = await orWhyNot(cell);
        if ('impossible' in started) {
          tell({ cell, ...started });
          continue;
        }
        server = started;
        isFor = serverOf(cell);
      }
      const rows = cell.engine === 'gh-ost' ? ghostRows : undefined;
      const end = await runCell(cell, server, rows).catch((error: unknown) => broken(cell as Cell, error));
      tell(end);
      // What one cell has broken must not be the next one's fault.
      if (end.wrong.length > 0 || cell.fault.smallDisk) {
        await server.remove();
        server = undefined;
      }
    }
  } finally {
    await server?.remove();
  }
}

async function orWhyNot({ kind, fault }: Cell): Promise<FaultyServer | { impossible: string }> {
  try {
    return await startFaultyServer(kind, {
      ...(fault.smallDisk && { diskMb: smallDiskMb }),
      ...(fault.replicated && { replicated: true }),
      ...(fault.shiftsClock && { shiftsClock: true }),
    });
  } catch (error) {
    if (error instanceof ServerUnavailable) return { impossible: error.reason };
    throw error;
  }
}

function serverOf({ kind, fault }: Cell): string {
  const places = [
    kind,
    fault.smallDisk && 'on a small disk',
    fault.replicated && 'with a replica',
    fault.shiftsClock && 'with a clock of its own',
  ];
  return places.filter(Boolean).join(' ');
}

function broken(cell: Cell, error: unknown): CellEnd {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    cell,
    told: '',
    database: '',
    rows: '',
    left: [],
    again: '',
    wrong: [`the test itself: ${text}`],
    ms: 0,
  };
}
