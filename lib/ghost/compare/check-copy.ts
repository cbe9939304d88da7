import { exitCodes, Fault } from '../../fault.js';
import { readShape } from '../../inspect/shape.js';
import { withPatientSession } from '../../mysql/patient.js';
import { retryWhileLocked } from '../../mysql/retry-while-locked.js';
import { CutOff } from '../../plan/checks/rows/reader.js';
import { humanCount } from '../../plan/human.js';
import type { PlannedAlter } from '../../plan/plan.js';
import { tableLabel } from '../../plan/table-label.js';
import type { ConnectionSettings } from '../../settings/settings.js';
import { type Comparison, compareCopy } from '../../verify/rows/compare-copy.js';
import { type Copy, sharedColumns } from '../../verify/rows/sides.js';
import { ServerRestarted, withSteadyReader } from '../../verify/rows/steady-reader.js';
import { readAsGhost } from '../assess/reading.js';
import { chooseSharedKey } from '../assess/shared-key.js';
import type { GhostContext } from '../flight.js';
import type { RunningGhost } from '../process/running.js';
import { shadowTables } from '../tables/names.js';
import { waitUntilCaughtUp } from './caught-up.js';
import { forecastMs, sampleStride, strideFor } from './checksum-stride.js';
import { comparing } from './comparing.js';
import { givesWayAsGhost } from './gives-way.js';

const limitMs = 24 * 3_600_000;
/** A server that is restarted while its rows are compared, again and again. */
const mostTries = 4;
/** For a server that cannot be reached; gh-ost itself gives up after about as long. */
const patienceMs = 60_000;

export type CopyCheck = { checked: false; why: string } | ({ checked: true; full: boolean } & Comparison);

/**
 * Compares the copy with the original while gh-ost holds its swap back. It reads in parts, gives way to load, and stops
 * nobody: no lock is held for longer than a statement. A lost connection is opened again; after a restart of the
 * server all is compared anew, for what it forgot in its fall it may have shown before.
 * @throws {Fault} where gh-ost hangs or the server is gone, and the signal's reason where it aborts
 */
export async function checkCopy(
  ghost: Pick<RunningGhost, 'exited' | 'status'>,
  statement: PlannedAlter,
  context: GhostContext,
): Promise<CopyCheck> {
  if (context.settings.ghost.checksum === 'off') return { checked: false, why: '--checksum is off' };
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
): Promise<CopyCheck> {
  const { table, estimate, revertTo } = statement;
  const { settings, server, emit, signal, steering } = context;
  const copy = await readCopy(statement, context);
  if (copy === undefined) return { checked: false, why: 'it has no key by which its rows could be found' };
  // A revert copies none.
  const copied = revertTo === undefined ? (await ghost.status())?.rowsCopied : undefined;
  const rows = copied ?? estimate.rows;
  const { checksum } = settings.ghost;
  const name = tableLabel(table);
  const meter = comparing(name, rows, emit);
  let stride = strideFor(checksum, forecastMs(rows, estimate.dataBytes));
  const tellStride = () => emit({ type: 'phase', phase: 'verify', table: name, text: strideText(stride) });
  tellStride();
  /** What it takes shows when it goes on: half a day was not foretold. */
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
      const comparison = await compareCopy(copy, {
        reader,
        giveWay: givesWayAsGhost(reader, settings.ghost, isPaused, meter.standsStill),
        stride: strideNow,
        utc,
        caughtUp: () => waitUntilCaughtUp(ghost, { signal, deadline, tell: meter.waitsFor }),
        tell: meter.passed,
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
): Promise<Copy | undefined> {
  const copy = { schema: table.schema, name: revertTo?.name ?? shadowTables(table.name).ghost };
  const limits = { limitMs: patienceMs, signal };
  const read = () =>
    withPatientSession(settings.connection, limits, async (session) => ({
      original: await readShape(session, table),
      copy: await readShape(session, copy),
    }));
  const shapes = await retryWhileLocked(read, { budgetMs: limitMs, signal });
  if (shapes === undefined) throw unreachable(settings.connection);
  const key = chooseSharedKey(shapes.original, shapes.copy)?.before.parts.flatMap(
    ({ column }) => column ?? [],
  );
  if (key === undefined) return undefined;
  return { original: table, copy, shapes, renames: promise.renames, drops: readAsGhost(spec).drops, key };
}

function unreachable({ host, port }: ConnectionSettings): Fault {
  return new Fault(`The server at ${host}:${port} cannot be reached for ${patienceMs / 1_000} s.`, {
    id: 'unreachable',
    exitCode: exitCodes.environment,
    next: 'When it is there again, run the same again.',
  });
}

function strideText(stride: number): string {
  const what = stride === 1 ? 'every row' : `one row in ${humanCount(sampleStride)}`;
  return `Comparing ${what} of the copy with the original`;
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
