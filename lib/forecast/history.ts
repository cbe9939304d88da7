import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PlannedAlter, PlannedServer } from '../documents/plan.js';
import type { StatementResult } from '../documents/result.js';
import { type Correction, wayOf } from './predict.js';

const positive = z.number().positive();
/** One finished run. `foretoldMs` is the forecast of the sample alone: with its correction, a correction would correct itself away. */
const Line = z.object({
  server: z.string(),
  way: z.string(),
  foretoldMs: z.object({ low: positive, high: positive }),
  actualMs: positive,
  at: z.string(),
});
type Line = z.infer<typeof Line>;

const fewestRuns = 3;
/** A factor beyond these is no property of the server. */
const [least, most] = [0.5, 2];
const linesRead = 200;

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
  const { durationMs: predicted, rough, corrected } = estimate;
  const { durationMs: actualMs, attempts = 1 } = result;
  if (result.strategy !== strategy || result.outcome !== 'done' || attempts > 1) return undefined;
  if (predicted === undefined || rough || actualMs === undefined) return undefined;
  const factor = corrected?.factor ?? 1;
  return {
    server: serverKey(server),
    way: wayOf(strategy, costClass),
    foretoldMs: { low: Math.round(predicted.low / factor), high: Math.round(predicted.high / factor) },
    actualMs: Math.round(actualMs),
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
  const text = await readFile(fileIn(stateDir), 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-linesRead).flatMap(parse);
  const ours = lines.filter((line) => line.server === serverKey(server));
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

function parse(text: string): Line[] {
  try {
    return [Line.parse(JSON.parse(text))];
  } catch {
    return []; // half written, or by another version
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 1;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? upper;
  return (lower + upper) / 2;
}
