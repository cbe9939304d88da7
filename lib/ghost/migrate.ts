import type { Blocker } from '../inspect/blockers.js';
import { withSession } from '../mysql/session.js';
import { metadataLocks, withSwitchedOn } from '../mysql/switched-on.js';
import type { PlannedAlter } from '../plan/plan.js';
import type { Difference } from '../verify/rows/compare-copy.js';
import { stopGhost } from './abort.js';
import type { Flight, GhostContext } from './flight.js';
import { readLeftovers } from './leftovers.js';
import { pilot } from './pilot.js';
import { withRunFolder } from './run-folder.js';
import { launch, type RunningGhost } from './running.js';
import { settle } from './settle.js';
import { steerGhost } from './steer.js';

/** How gh-ost ended, by what stands in the schema afterwards, not by its exit code. */
export type GhostEnd = GhostFigures &
  /** `whole`: gh-ost lived through the swap; else rows written in that moment may be in the old table only. */
  (
    | { end: 'swapped'; oldTable: string; whole: boolean }
    | { end: 'lock-timeout'; blockers: readonly Blocker[] }
    | { end: 'aborted' }
    /** Somebody else has changed the table, or dropped it. */
    | { end: 'drifted' }
    /** Rows of the copy were not those of the original; the copy is gone. */
    | { end: 'unequal'; differences: readonly Difference[] }
    | { end: 'failed'; text: string }
    /** The server could not be asked. */
    | { end: 'unknown'; text: string }
  );

export interface GhostFigures {
  rowsCopied?: number;
  rowsCompared?: number;
  attempts: number;
  /** What is left beside the table, as `schema.table`. */
  left: readonly string[];
  /** How long writers were held in cut-overs, as far as it was measured. */
  stallMs?: number;
}

/**
 * A migration by gh-ost from start to end: it copies, alterwise watches, releases the swap at a quiet moment, and
 * looks at the schema to see what became of it. Whatever is not swapped is taken away again.
 */
export async function migrate(statement: PlannedAlter, context: GhostContext): Promise<GhostEnd> {
  const { settings } = context;
  const before = await withSession(settings.connection, {}, (session) =>
    readLeftovers(session, statement.table),
  );
  return withSwitchedOn(settings.connection, metadataLocks, () =>
    withRunFolder(async (folder) => {
      const ghost = await launch(statement, context, folder);
      const flight = await steered(ghost, context, () => pilot(ghost, statement, context).catch(broken));
      await stopGhost(ghost, flight.stop, context);
      return settle(statement, context, before, flight, ghost);
    }),
  );
}

/** While it is piloted, it can be steered from another terminal. */
async function steered<T>(
  ghost: RunningGhost,
  { steering }: GhostContext,
  use: () => Promise<T>,
): Promise<T> {
  if (steering !== undefined) steering.engine = steerGhost(ghost);
  try {
    return await use();
  } finally {
    if (steering !== undefined) {
      delete steering.engine;
      steering.paused = false;
    }
  }
}

/** Whatever went wrong, gh-ost is ended and its tables are taken away before it is told. */
function broken(error: unknown): Flight {
  return { stop: { why: 'broken', error }, attempts: 0, heldMs: 0 };
}
