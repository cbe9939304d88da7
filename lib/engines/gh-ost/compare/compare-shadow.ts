import { performance } from 'node:perf_hooks';
import { type Comparison, compareTables } from '../../../compare/compare.js';
import { type ComparedTables, sharedColumns } from '../../../compare/sides.js';
import { ServerRestarted, withSteadyReader } from '../../../compare/steady-reader.js';
import type { Emit } from '../../../documents/event.js';
import type { PlannedAlter } from '../../../documents/plan.js';
import { unreachable } from '../../../mysql/connect.js';
import { retryWhileLocked } from '../../../mysql/retry-while-locked.js';
import { withPatientSession } from '../../../mysql/session.js';
import { CutOff } from '../../../rows/reader.js';
import type { GhostSettings } from '../../../settings/settings.js';
import { tableLabel } from '../../../sql/names.js';
import { readShape } from '../../../table/shape.js';
import { chooseSharedKey } from '../../../table/shared-key.js';
import { humanCount } from '../../../text/human.js';
import { readAsGhost } from '../assess/statement.js';
import type { GhostContext } from '../context.js';
import type { RunningGhost } from '../process/running.js';
import { yieldLikeGhost } from '../read-throttle.js';
import { shadowTables } from '../tables/names.js';
import { waitUntilCaughtUp } from './caught-up.js';

const limitMs = 24 * 3_600_000;
/** A server that is restarted while its rows are compared, again and again. */
const mostTries = 4;
/** For a server that cannot be reached; gh-ost itself gives up after about as long. */
const patienceMs = 60_000;

export type TableComparison =
  | { checked: false; why: string }
  | ({ checked: true; full: boolean } & Comparison);

/**
 * Compares the shadow table with the original while gh-ost postpones its cut-over. It reads in parts, gives way to load, and stops
 * nobody: no lock is held for longer than a statement. A lost connection is opened again; after a restart of the
 * server the comparison starts over: a crash can lose writes that were already compared.
 * @throws {Fault} where gh-ost hangs or the server is gone, and the signal's reason where it aborts
 */
export async function compareShadow(
  ghost: Pick<RunningGhost, 'exited' | 'status'>,
  statement: PlannedAlter,
  context: GhostContext,
): Promise<TableComparison> {
  if (context.decisions.checksum === 'off') return { checked: false, why: '--checksum is off' };
  const ended = new AbortController();
  void ghost.exited.then(() => ended.abort(new Error('gh-ost has ended')));
  const signal = AbortSignal.any([context.signal, ended.signal]);
  const deadline = performance.now() + limitMs;
  for (let tries = 1; ; tries++) {
    try {
      return await compareOnce(ghost, statement, { ...context, signal }, deadline);
    } catch (error) {
      if (error instanceof CutOff) {
        return { checked: false, why: 'the server ended each statement that read it, or it took too long' };
      }
      if (!(error instanceof ServerRestarted) || tries === mostTries) throw error;
    }
  }
}

async function compareOnce(
  ghost: Pick<RunningGhost, 'status'>,
  statement: PlannedAlter,
  context: GhostContext,
  deadline: number,
): Promise<TableComparison> {
  const { table, estimate, revertTo } = statement;
  const { settings, server, emit, signal, steering } = context;
  const copy = await readCopy(statement, context);
  if (copy === undefined) return { checked: false, why: 'it has no key by which its rows could be found' };
  // A revert copies none.
  const copied = revertTo === undefined ? (await ghost.status())?.rowsCopied : undefined;
  const rows = copied ?? estimate.rows;
  const { checksum } = context.decisions;
  const name = tableLabel(table);
  const meter = comparing(name, rows, emit);
  let stride = strideFor(checksum, forecastMs(rows, estimate.dataBytes));
  const tellStride = () => emit({ type: 'phase', phase: 'verify', table: name, text: strideText(stride) });
  tellStride();
  /** How long it takes shows while it runs: half a day was not predicted. */
  const strideNow = () => {
    const wanted = strideFor(checksum, meter.forecastMs() ?? 0);
    if (wanted > stride) {
      stride = wanted;
      tellStride();
    }
    return stride;
  };
  const utc = !sharedColumns(copy).some(
    ({ from, to }) => (from.dataType === 'timestamp') !== (to.dataType === 'timestamp'),
  );
  const isPaused = () => steering?.paused === true;
  return withSteadyReader(
    server,
    settings.connection,
    { deadline, signal, setUp: setUp(utc) },
    async (reader) => {
      const comparison = await compareTables(copy, {
        reader,
        throttle: yieldLikeGhost(reader, settings.ghost, isPaused, meter.standsStill),
        stride: strideNow,
        utc,
        caughtUp: () => waitUntilCaughtUp(ghost, { signal, deadline, tell: meter.waitsFor }),
        report: meter.passed,
      });
      if (comparison === undefined)
        return { checked: false, why: 'it has no key by which its rows could be found' };
      return { checked: true, full: stride === 1, ...comparison };
    },
  );
}

/** @returns undefined: the two share no key */
async function readCopy(
  { table, promise, spec, revertTo }: PlannedAlter,
  { settings, signal }: GhostContext,
): Promise<ComparedTables | undefined> {
  const shadow = { schema: table.schema, name: revertTo?.name ?? shadowTables(table.name).ghost };
  const limits = { limitMs: patienceMs, signal };
  const read = () =>
    withPatientSession(settings.connection, limits, async (session) => ({
      original: await readShape(session, table),
      shadow: await readShape(session, shadow),
    }));
  const shapes = await retryWhileLocked(read, { budgetMs: limitMs, signal });
  if (shapes === undefined) {
    const { host, port } = settings.connection;
    const text = `The server at ${host}:${port} cannot be reached for ${patienceMs / 1_000} s.`;
    throw unreachable(text, 'When it is there again, run the same again.');
  }
  const key = chooseSharedKey(shapes.original, shapes.shadow)?.before.parts.flatMap(
    ({ column }) => column ?? [],
  );
  if (key === undefined) return undefined;
  return { original: table, shadow, shapes, renames: promise.renames, drops: readAsGhost(spec).drops, key };
}

function strideText(stride: number): string {
  const what = stride === 1 ? 'every row' : `one row in ${humanCount(sampleStride)}`;
  return `Comparing ${what} of the shadow table with the original`;
}

/**
 * Each statement has to see what is committed when it begins, whatever is usual on the server. In UTC no hour comes
 * twice; where a TIMESTAMP becomes a DATETIME it does so in the time zone of the server.
 */
function setUp(utc: boolean): string[] {
  return [
    'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
    'SET SESSION autocommit=1',
    ...(utc ? ["SET SESSION time_zone='+00:00'"] : []),
  ];
}

interface ComparingMeter {
  /** @param compared rows of the original @param passed rows of both tables that are behind */
  passed(compared: number, passed: number): void;
  standsStill(why: string): void;
  /** For the copy, which has so many changes still to take over. */
  waitsFor(backlog: number): void;
  /** From its start to its end, at the pace until now; absent where it is too early to say. */
  forecastMs(): number | undefined;
}

/** Before that a rate says nothing. */
const leastMs = 1_000;
const leastForForecastMs = 10_000;
/** A usual wait takes two to three seconds. */
const longWaitMs = 5_000;

/**
 * Tells how far a comparison is. Both tables are read through, so that half of the way is behind when all rows of the
 * original are.
 * @param rows of the table, as far as that is known
 */
function comparing(table: string, rows: number | undefined, emit: Emit): ComparingMeter {
  const start = performance.now();
  let behind = { compared: 0, passed: 0 };
  let standingMs = 0;
  let waitsSince: number | undefined;
  const tell = (throttled?: string) => {
    const elapsedMs = performance.now() - start;
    const { compared, passed } = behind;
    const total = rows === undefined ? undefined : Math.max(2 * rows, passed);
    const rate = elapsedMs < leastMs ? undefined : passed / (elapsedMs - standingMs);
    const leftMs = total === undefined || !rate ? undefined : (total - passed) / rate;
    emit({
      type: 'progress',
      table,
      phase: 'verify',
      elapsedMs: Math.round(elapsedMs),
      rowsCopied: compared,
      ...(rows !== undefined && { rowsTotal: Math.max(rows, compared) }),
      ...(total && { percent: Math.min(99, Math.round((1_000 * passed) / total) / 10) }),
      ...(rate && { rowsPerSecond: Math.round(1_000 * rate) }),
      ...(leftMs && throttled === undefined && { etaMs: Math.round(leftMs) }),
      ...(throttled !== undefined && { throttled }),
    });
  };
  let toldAt = start;
  return {
    forecastMs() {
      const elapsedMs = performance.now() - start;
      if (rows === undefined || behind.passed === 0 || elapsedMs < leastForForecastMs) return undefined;
      return (elapsedMs * Math.max(2 * rows, behind.passed)) / behind.passed;
    },
    passed(compared, passed) {
      behind = { compared, passed };
      waitsSince = undefined;
      toldAt = performance.now();
      tell();
    },
    standsStill(why) {
      const now = performance.now();
      standingMs += Math.min(now - toldAt, leastMs);
      toldAt = now;
      tell(why);
    },
    waitsFor(backlog) {
      const now = performance.now();
      waitsSince ??= now;
      if (now - waitsSince < longWaitMs || now - toldAt < leastMs) return;
      toldAt = now;
      tell(`gh-ost has ${backlog} changes still to apply`);
    },
  };
}

/** `sample`: one part of the table out of so many. */
export const sampleStride = 20;
/** `--checksum auto` compares all rows where that takes no longer than this. */
const fullWithinMs = 30 * 60_000;
/** What a server with something else to do compares (measured: 125,000 rows a second where two cores were busy). */
const rowsPerSecond = 100_000;
/** Wide rows take longer than narrow ones. */
const bytesPerSecond = 50e6;

/**
 * Every how many parts of a table one is compared; 1: all.
 * @param forecastMs of all rows; absent where it is unknown
 */
export function strideFor(checksum: GhostSettings['checksum'], forecastMs: number | undefined): number {
  if (checksum !== 'auto') return checksum === 'full' ? 1 : sampleStride;
  return forecastMs !== undefined && forecastMs <= fullWithinMs ? 1 : sampleStride;
}

/** How long the comparison of all rows may take, before one of them was compared. */
export function forecastMs(rows: number | undefined, bytes = 0): number | undefined {
  return rows === undefined ? undefined : 1_000 * Math.max(rows / rowsPerSecond, bytes / bytesPerSecond);
}
