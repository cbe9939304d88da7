import { appendFile, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { DurationRange, PlannedAlter, PlannedServer } from '../documents/plan.js';
import type { StatementResult } from '../documents/result.js';

/** What earlier runs on the server took, against their forecasts. */
export interface Correction {
  factor: number;
  runs: number;
}

/** One finished run, as it is written to the file. `foretoldMs` is the forecast of the sample alone: with its correction, a correction would correct itself away. */
interface Line {
  server: string;
  flavor: string;
  way: string;
  foretoldMs: DurationRange;
  actualMs: number;
  rows: number;
  at: string;
}

const fewestRuns = 3;
/** A factor beyond these is no property of the server. */
const [least, most] = [0.5, 2];
const linesRead = 200;
const bytesRead = 128 * 1024;

/**
 * Records what a finished change took, so that later forecasts on the server come nearer. Only if a sample predicted it, and
 * nothing else delayed it: the forecast knew nothing of a lock that was obtained at the second attempt.
 * @returns a warning if it could not be written; never a reason to end anything
 */
export async function recordDuration(
  statement: PlannedAlter,
  result: StatementResult,
  server: PlannedServer,
  stateDir: string,
): Promise<string | undefined> {
  const line = lineOf(statement, result, server);
  if (line === undefined) return undefined;
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    // One write of less than a page at the end of the file: concurrent runs do not mix their lines.
    await appendFile(fileIn(stateDir), `${JSON.stringify(line)}\n`, { mode: 0o600 });
    return undefined;
  } catch (error) {
    return `The duration could not be recorded in ${stateDir}: ${String(error)}`;
  }
}

/** Undefined if it would teach nothing. */
function lineOf(
  { estimate, strategy, class: costClass }: PlannedAlter,
  result: StatementResult,
  server: PlannedServer,
): Line | undefined {
  const { durationMs: predicted, rough, rows, corrected } = estimate;
  const { durationMs: actualMs, attempts = 1 } = result;
  const takesTime = strategy === 'gh-ost' || strategy === 'inplace' || strategy === 'copy';
  if (!takesTime || result.strategy !== strategy || result.outcome !== 'done' || attempts > 1)
    return undefined;
  if (predicted === undefined || rough || actualMs === undefined || rows === undefined) return undefined;
  const factor = corrected?.factor ?? 1;
  return {
    server: serverKey(server),
    flavor: server.flavor,
    way: strategy === 'gh-ost' ? 'gh-ost' : costClass,
    foretoldMs: { low: Math.round(predicted.low / factor), high: Math.round(predicted.high / factor) },
    actualMs: Math.round(actualMs),
    rows,
    at: new Date().toISOString(),
  };
}

/**
 * Reads the last runs; a line that cannot be read is skipped, and no file means no experience.
 * @returns how earlier runs correct the forecast of a way; undefined if they are too few
 */
export async function readCorrections(
  server: Pick<PlannedServer, 'uuid' | 'host'>,
  stateDir: string,
): Promise<(way: string) => Correction | undefined> {
  const lines = (await readTail(fileIn(stateDir))).flatMap(parse);
  const ours = lines.slice(-linesRead).filter((line) => line.server === serverKey(server));
  return (way) => {
    const ratios = ours
      .filter((line) => line.way === way)
      .map(({ foretoldMs: { low, high }, actualMs }) => actualMs / ((low + high) / 2));
    if (ratios.length < fewestRuns) return undefined;
    const factor = Math.min(most, Math.max(least, median(ratios)));
    return { factor: Math.round(factor * 100) / 100, runs: ratios.length };
  };
}

function fileIn(stateDir: string): string {
  return join(stateDir, 'forecasts.ndjson');
}

function serverKey({ uuid, host }: Pick<PlannedServer, 'uuid' | 'host'>): string {
  return uuid ?? host;
}

async function readTail(path: string): Promise<string[]> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead: read } = await file.read(Buffer.alloc(Math.min(size, bytesRead)), {
        position: Math.max(0, size - bytesRead),
      });
      return buffer.subarray(0, read).toString().split('\n');
    } finally {
      await file.close();
    }
  } catch {
    return []; // none yet, or unreadable: forecasts work without it
  }
}

function parse(text: string): Line[] {
  try {
    const line: unknown = JSON.parse(text);
    return isLine(line) ? [line] : [];
  } catch {
    return []; // the first of the tail may be cut, and the last half written
  }
}

function isLine(value: unknown): value is Line {
  if (typeof value !== 'object' || value === null) return false;
  const { server, way, foretoldMs, actualMs } = value as Partial<Record<keyof Line, unknown>>;
  const { low, high } = (foretoldMs ?? {}) as Partial<DurationRange>;
  return (
    typeof server === 'string' &&
    typeof way === 'string' &&
    [low, high, actualMs].every((ms) => typeof ms === 'number' && Number.isFinite(ms) && ms > 0)
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 1;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? upper;
  return (lower + upper) / 2;
}
