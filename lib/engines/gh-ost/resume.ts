import { createHash } from 'node:crypto';
import type { PlannedAlter } from '../../documents/plan.js';
import type { EngineRecord } from '../../documents/record.js';
import { exitCodes } from '../../exit-code.js';
import { Fault } from '../../fault.js';
import { isServerError } from '../../mysql/errors.js';
import type { Session } from '../../mysql/session.js';
import { readRecord } from '../../runs/record.js';
import { quoteTable, type TableName, tableLabel } from '../../sql/names.js';
import { asItWas } from '../../text/labels.js';
import type { GhostContext } from './context.js';
import { dropShadows, type Leftovers, readLeftovers } from './tables/leftovers.js';
import { isAtWork, readMarker } from './tables/marker.js';
import { namesTaken, shadowTables } from './tables/names.js';

/**
 * Looks at what stands beside the table before gh-ost is started. What a dead run of ours has left of the same change
 * is resumed; of another change, or if gh-ost cannot resume it, it is dropped.
 * @returns `before`: what is somebody else's, and stays
 * @throws {Fault} exit code 11 where what is ours could not be taken away, or somebody has taken a name since the plan
 */
export async function resumeOrStartOver(
  session: Session,
  statement: PlannedAlter,
  context: GhostContext,
): Promise<{ before: Leftovers; resumes: boolean }> {
  const { settings, emit, journal } = context;
  const { table } = statement;
  const name = tableLabel(table);
  const earlier = journal && (await readEarlierCopy(session, table, settings.stateDir));
  const there = await readLeftovers(session, table);
  const theirs: Leftovers = { sentries: there.sentries, old: there.old };
  if (earlier === undefined) {
    refuseTaken(table, there);
    return { before: theirs, resumes: false };
  }
  const why = whyStartOver(earlier, engineRecord(statement, context));
  if (why === undefined) {
    const text = `Resuming the row copy of run ${earlier.run} from its last checkpoint`;
    emit({ type: 'warning', id: 'resumed', table: name, text });
    return { before: theirs, resumes: true };
  }
  const text = `The shadow table of run ${earlier.run} is dropped, and the row copy starts over: ${why}`;
  emit({ type: 'warning', id: 'begun-anew', table: name, text });
  const left = await dropShadows(session, table, theirs);
  if (left.length > 0) {
    throw new Fault(`What run ${earlier.run} left could not be dropped: ${left.join(', ')}.`, {
      id: 'leftovers',
      exitCode: exitCodes.environment,
      state: asItWas(name),
      next: `Drop ${left.join(', ')}, and run it again.`,
    });
  }
  return { before: theirs, resumes: false };
}

/** gh-ost would drop a changelog or checkpoints of anybody. */
function refuseTaken(table: TableName, { ghost, changelog, checkpoint }: Leftovers): void {
  const taken = [ghost, changelog, checkpoint].filter((name) => name !== undefined);
  if (taken.length === 0) return;
  const { id, text, next } = namesTaken(taken.map((name) => `${table.schema}.${name}`));
  throw new Fault(text, {
    id,
    exitCode: exitCodes.environment,
    state: asItWas(tableLabel(table)),
    next: `${next}, and run it again.`,
  });
}

/** The tables of a gh-ost whose run died: ours, by the mark on them and by the run's record. */
export interface EarlierCopy {
  run: string;
  engine: EngineRecord;
  /** By what its mark says: who holds the table's lock knows better. */
  isAtWork: boolean;
  /** Why gh-ost cannot resume from its last checkpoint; absent if it can. */
  lost?: string;
}

/**
 * What a run of ours has left of a copy of the table.
 * @returns undefined where nothing is there, or it is not provably ours
 */
export async function readEarlierCopy(
  session: Session,
  table: TableName,
  stateDir: string,
): Promise<EarlierCopy | undefined> {
  const marker = await readMarker(session, table);
  if (marker === undefined) return undefined;
  const engine = await engineOf(stateDir, marker.run, table);
  if (engine === undefined) return undefined;
  const lost = await whyLost(session, table);
  return { run: marker.run, engine, isAtWork: isAtWork(marker), ...(lost !== undefined && { lost }) };
}

async function engineOf(stateDir: string, run: string, table: TableName): Promise<EngineRecord | undefined> {
  const found = (await readRecord(stateDir, run))?.findLast(
    (line) => line.type === 'engine' && line.table.schema === table.schema && line.table.name === table.name,
  );
  if (found?.type !== 'engine') return undefined;
  const { version, spec, flags } = found;
  return { version, spec, flags };
}

/** gh-ost resumes from its last checkpoint, with what the binary log holds since: both must still be there. */
async function whyLost(session: Session, table: TableName): Promise<string | undefined> {
  const { ghost, checkpoint } = await readLeftovers(session, table);
  if (ghost === undefined) return 'the copy is gone';
  if (checkpoint === undefined) return 'it kept no checkpoints';
  const name = quoteTable({ schema: table.schema, name: shadowTables(table.name).checkpoint });
  try {
    const [last] = await session.rows<{ cutOver: number; kept: number }>(
      `SELECT gh_ost_is_cutover AS cutOver, GTID_SUBSET(@@GLOBAL.gtid_purged, gh_ost_chk_coords) AS kept
         FROM ${name} ORDER BY gh_ost_chk_id DESC LIMIT 1`,
    );
    if (last === undefined) return 'it died before its first checkpoint';
    if (last.cutOver) return 'it had cut over';
    return last.kept ? undefined : 'the server has purged binlogs that it would need';
  } catch (error) {
    if (!isServerError(error)) throw error;
    return `its checkpoint cannot be read (${error.message})`;
  }
}

/** Why this start cannot resume an earlier row copy; absent if it can. */
function whyStartOver({ engine, lost }: EarlierCopy, now: EngineRecord): string | undefined {
  if (lost !== undefined) return lost;
  if (engine.version !== now.version)
    return `it was made by gh-ost ${engine.version}, and this is ${now.version}`;
  if (engine.spec !== now.spec) return 'it was made for another change';
  if (engine.flags !== now.flags) return 'the table or the flags of gh-ost are not what they were';
  return undefined;
}

/** Only how fast it goes; it may be another after a crash. */
const pace =
  /^--(?:chunk-size|dml-batch-size|nice-ratio|max-|critical-|throttle-|default-retries|cut-over|checkpoint-seconds)/;

/** What decides what a gh-ost copies: another one must not resume its row copy (it would not notice). */
export function engineRecord(
  { spec, promise, table }: PlannedAlter,
  { ghost, settings }: Pick<GhostContext, 'ghost' | 'settings'>,
): EngineRecord {
  const decides = [table, promise.before, settings.ghost.flags.filter((flag) => !pace.test(flag))];
  const flags = createHash('sha256').update(JSON.stringify(decides)).digest('hex');
  return { version: ghost.version, spec, flags };
}
