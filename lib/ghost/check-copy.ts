import { readShape } from '../inspect/shape.js';
import { withSession } from '../mysql/session.js';
import { givesWay } from '../plan/checks/rows/load.js';
import { reader } from '../plan/checks/rows/reader.js';
import { walkOf } from '../plan/checks/rows/walk.js';
import { humanCount } from '../plan/human.js';
import type { PlannedAlter } from '../plan/plan.js';
import { tableLabel } from '../plan/table-label.js';
import { type Comparison, compareCopy } from '../verify/rows/compare-copy.js';
import type { Copy } from '../verify/rows/sides.js';
import { usualDmlBatchSize } from './arguments.js';
import { waitUntilCaughtUp } from './caught-up.js';
import type { GhostContext } from './flight.js';
import { shadowTables } from './names.js';
import type { RunningGhost } from './running.js';
import { chooseSharedKey } from './shared-key.js';

/** Rows a second that are compared at the least (measured: three to five times as many). */
const rowsPerSecond = 100_000;
/** `--checksum auto` compares all rows where that takes no longer than this. */
const fullWithinMs = 30 * 60_000;
/** `sample`: one part of the table out of so many. */
const sampleStride = 20;
const limitMs = 24 * 3_600_000;

export type CopyCheck = { checked: false; why: string } | ({ checked: true; full: boolean } & Comparison);

/**
 * Compares the copy with the original while gh-ost holds its swap back. It reads in parts, gives way to load, and stops
 * nobody: no lock is held for longer than a statement.
 * @throws the signal's reason where it aborts
 */
export async function checkCopy(
  ghost: RunningGhost,
  { table, promise, estimate }: PlannedAlter,
  { settings, server, emit, signal }: GhostContext,
): Promise<CopyCheck> {
  const { checksum } = settings.ghost;
  if (checksum === 'off') return { checked: false, why: '--checksum is off' };
  const name = tableLabel(table);
  const fullMs = ((estimate.rows ?? Number.POSITIVE_INFINITY) / rowsPerSecond) * 1_000;
  const full = checksum === 'full' || (checksum === 'auto' && fullMs <= fullWithinMs);
  const ended = new AbortController();
  void ghost.exited.then(() => ended.abort(new Error('gh-ost has ended')));
  const either = AbortSignal.any([signal, ended.signal]);
  return withSession(settings.connection, {}, async (session) => {
    const copyName = { schema: table.schema, name: shadowTables(table.name).ghost };
    const shapes = { original: await readShape(session, table), copy: await readShape(session, copyName) };
    const key = chooseSharedKey(shapes.original, shapes.copy)?.before.parts.flatMap(
      ({ column }) => column ?? [],
    );
    if (key === undefined || walkOf(shapes.original) === undefined || walkOf(shapes.copy) === undefined) {
      return { checked: false, why: 'its key has no order in which it can be read in parts' };
    }
    const copy: Copy = { original: table, copy: copyName, shapes, renames: promise.renames, key };
    const deadline = performance.now() + limitMs;
    const reading = reader(session, server, settings.connection, { deadline, signal: either });
    const start = performance.now();
    const tell = (rows: number, throttled?: string) =>
      emit({
        type: 'progress',
        table: name,
        phase: 'verify',
        elapsedMs: Math.round(performance.now() - start),
        rowsCopied: rows,
        ...(estimate.rows !== undefined && {
          rowsTotal: estimate.rows,
          percent: Math.min(99, (100 * rows) / Math.max(1, estimate.rows)),
        }),
        ...(throttled !== undefined && { throttled }),
      });
    const text = `Comparing ${full ? 'every row' : `one row in ${humanCount(sampleStride)}`} of the copy with the original`;
    emit({ type: 'phase', phase: 'verify', table: name, text });
    const comparison = await compareCopy(copy, {
      reader: reading,
      giveWay: givesWay(session, settings.ghost, reading, (throttled) => tell(0, throttled)),
      stride: full ? 1 : sampleStride,
      caughtUp: () => waitUntilCaughtUp(ghost, settings.ghost.dmlBatchSize ?? usualDmlBatchSize, either),
      tell: (rows) => tell(rows),
    });
    return { checked: true, full, ...comparison };
  });
}
