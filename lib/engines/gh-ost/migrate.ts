import type { PlannedAlter } from '../../documents/plan.js';
import { exitCodes } from '../../exit-code.js';
import { Fault } from '../../fault.js';
import { isServerError, troubleOf } from '../../mysql/errors.js';
import { metadataLocks, withSwitchedOn } from '../../mysql/instruments.js';
import { withSession } from '../../mysql/session.js';
import { tableLabel } from '../../sql/names.js';
import { asItWas } from '../../text/labels.js';
import { withRunFolder } from '../../util/private-folder.js';
import { cleanUp } from './clean-up.js';
import type { GhostContext, Supervision } from './context.js';
import type { MigrationFacts } from './outcome.js';
import { launch, type RunningGhost } from './process/running.js';
import { engineRecord, resumeOrStartOver } from './resume.js';
import { steerGhost } from './steer.js';
import { stopGhost } from './stop.js';
import { supervise } from './supervise.js';
import { keepMarker } from './tables/marker.js';
import { readOriginal } from './tables/original.js';
import { dropRevertCheckpoint, startFromCheckpoint } from './tables/revert-checkpoint.js';

/**
 * A migration by gh-ost from start to end: gh-ost copies, alterwise watches, releases the cut-over at a quiet moment, and
 * looks at the schema to see what became of it. Without a cut-over, everything that gh-ost made is dropped again.
 */
export async function migrate(statement: PlannedAlter, asked: GhostContext): Promise<MigrationFacts> {
  const { settings } = asked;
  const { before, resumes, original } = await beforeStart(statement, () =>
    withSession(settings.connection, { lockWaitTimeoutSeconds: 5 }, async (session) => {
      if (statement.revertTo !== undefined)
        await dropRevertCheckpoint(session, statement.table, statement.revertTo);
      const original = await readOriginal(session, statement.table);
      return { ...(await resumeOrStartOver(session, statement, asked)), original };
    }),
  );
  // What was copied before a crash, or is only caught up with, is not trusted unseen.
  const isOld = resumes || statement.revertTo !== undefined;
  const seen = original === undefined ? asked : { ...asked, original };
  const decisions = { ...seen.decisions, ...(isOld && { checksum: 'full' as const }) };
  const context = { ...seen, decisions };
  const fly = () =>
    withRunFolder(async (folder) => {
      await context.journal?.engine(statement.table, engineRecord(statement, context), folder.path);
      const ghost = await beforeStart(statement, () => {
        const start = () => launch(statement, context, folder, resumes);
        return statement.revertTo === undefined
          ? start()
          : startFromCheckpoint(statement, statement.revertTo, context, start);
      });
      const supervision = await attended(ghost, statement, context, () =>
        supervise(ghost, statement, context).catch(broken),
      );
      await stopGhost(ghost, supervision.stop, context);
      return cleanUp(statement, context, before, supervision, ghost);
    }, context.journal?.folder);
  return withSwitchedOn(settings.connection, metadataLocks, fly, context.journal);
}

/**
 * What there is to do before gh-ost is started.
 * @throws {Fault} exit code 11 where the server or the file system does not let it: the table was not touched
 */
async function beforeStart<T>({ table }: PlannedAlter, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOfServer = isServerError(error) && troubleOf(error) === undefined;
    const isOfSystem = error instanceof Error && 'syscall' in error && troubleOf(error) === undefined;
    if (!isOfServer && !isOfSystem) throw error;
    throw new Fault(`gh-ost could not be started: ${error.message}`, {
      id: 'not-begun',
      exitCode: exitCodes.environment,
      state: asItWas(tableLabel(table)),
      next: 'Fix what it names, and run it again.',
      cause: error,
    });
  }
}

/** While it is piloted, its tables are marked as this run's, and it can be steered from another terminal. */
async function attended<T>(
  ghost: RunningGhost,
  { table }: PlannedAlter,
  context: GhostContext,
  use: () => Promise<T>,
): Promise<T> {
  const { steering, journal } = context;
  const ended = new AbortController();
  const marked = journal && keepMarker(ghost, table, journal.run, context, ended.signal);
  const takeBack = steering?.lend(steerGhost(ghost, steering));
  try {
    return await use();
  } finally {
    ended.abort();
    await marked;
    takeBack?.();
  }
}

/** Whatever went wrong, gh-ost is ended and its tables are dropped before it is reported. */
function broken(error: unknown): Supervision {
  return { stop: { why: 'broken', error }, attempts: 0, heldMs: 0 };
}
