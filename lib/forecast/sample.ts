import { type ChangeFacts, type CheckFacts, columnPairs } from '../checks/shared/facts.js';
import type { Emit } from '../documents/event.js';
import type { Privileges } from '../inspect/privileges.js';
import { isAccessDenied, isRefusal } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { inScratch, type Scratch } from '../probe/scratch.js';
import { alterSql } from '../probe/trial.js';
import { type Walk, walkOf } from '../rows/walk.js';
import { type Settings, usualChunkSize } from '../settings/settings.js';
import { quoteTable, type TableName } from '../sql/names.js';
import { chooseSharedKey } from '../table/shared-key.js';
import { type Chunk, type CopiedChunk, type CopyRoute, copyWindows, rowsByDensity } from './copy-windows.js';
import type { Sample, Timing } from './predict.js';
import { findWindows, type Window } from './windows.js';

export interface ForecastFacts extends CheckFacts {
  session: Session;
  privileges: Privileges;
  settings: Settings;
  /** Whether gh-ost could make the change. */
  ghost: { obstacles: readonly { kind: string }[] };
  /** False: it does not exist yet, or an earlier statement changes it, so that it cannot be sampled. */
  isThere: boolean;
  /** False: a sample would change nothing, so that general rates do. */
  measures: boolean;
  emit: Emit;
  /** Aborted: stop at once, and leave nothing behind. */
  signal: AbortSignal;
}

/** How much of the table is sampled, and for what. */
export interface SamplePlan {
  /** Along which key. */
  walk: Walk;
  /** Rows of one chunk. */
  chunk: number;
  /** From how many places a chunk is read. */
  windows: number;
  ways: { ghost: boolean; direct: boolean };
}

/**
 * Below this many rows the rough rates will do: either way is a matter of seconds, and most of it are fixed costs, which those
 * rates know as well as a sample does.
 */
const worthwhileRows = 20_000;
const rowLimit = 100_000;
/** Wide rows: no more than this is written into the clone. */
const byteLimit = 128 * 1024 * 1024;
const fewestWindows = 25;

/** @returns undefined if a sample would tell nothing, or must not be taken: the rough rates have to do. */
export function planSample(facts: ForecastFacts & ChangeFacts): SamplePlan | undefined {
  const { table, settings, probe } = facts;
  if (!facts.measures || settings.checks.forecast !== 'sample') return undefined;
  if (!facts.isThere || table.engine !== 'InnoDB') return undefined;
  if (probe.class === 'instant' || probe.class === 'metadata') return undefined;
  const rows = table.rows?.count ?? 0;
  if (!takesSamples(facts) || rows < worthwhileRows) return undefined;
  const bytes = (table.size.dataBytes ?? 0) + (table.size.indexBytes ?? 0);
  const most = Math.min(rowLimit, Math.floor(byteLimit / Math.max(1, bytes / rows)), rows);
  const wanted = settings.ghost.chunkSize ?? usualChunkSize;
  const chunk = Math.max(1, Math.min(wanted, Math.floor(most / fewestWindows)));
  // To a sample it does not matter that an hour of a TIMESTAMP comes twice a year.
  const walk = walkOf(table, true);
  return walk && { walk, chunk, windows: Math.floor(most / chunk), ways: waysOf(facts) };
}

/**
 * What is written here is written on all followers: not on a replica, whose own writes would set it apart from its source, and not
 * in a cluster, in which every node would have to wait for it.
 */
function takesSamples({ server: { topology } }: ForecastFacts): boolean {
  const { readOnly, isReplica, galera, groupReplication } = topology;
  return !readOnly && isReplica !== true && !galera && !groupReplication;
}

/** gh-ost is sampled if it can make the change, now or once the server is ready for it. */
function waysOf({ settings, ghost, table, probe }: ForecastFacts & ChangeFacts): SamplePlan['ways'] {
  const possible =
    ghost.obstacles.every(({ kind }) => kind === 'environment') &&
    chooseSharedKey(table, probe.after) !== undefined;
  return {
    ghost: possible && settings.strategy !== 'direct',
    direct: settings.strategy !== 'gh-ost' || !possible,
  };
}

/** Each way may copy for this long. */
const copyBudgetMs = 5_000;
/** The signal ends it long before: a connection that is given up would leave the ALTER running, and the clone locked. */
const alterLimitMs = 120_000;

/**
 * Copies rows from all over the table into clones, at the speed of gh-ost, and runs the change on filled clones.
 * @returns undefined if no sample was found that is spread over the table
 * @throws the server's error, and the reason of the signal
 */
export async function takeSample(
  scratch: Scratch,
  facts: ChangeFacts,
  plan: SamplePlan,
  signal: AbortSignal,
): Promise<Sample | undefined> {
  const found = await findWindows(scratch.session, facts.table, plan.walk, plan.windows, signal);
  if (found === undefined) return undefined;
  await prepare(scratch, facts);
  const chunks: Chunk[] = [];
  const copy: Copy = async (clone, windows, to) => {
    const { walk, chunk: size } = plan;
    const route = { session: scratch.session, table: facts.table, to: clone, walk, size, ...to };
    const budgetMs = (copyBudgetMs * windows.length) / found.windows.length;
    const copied = await copyWindows(route, windows, { budgetMs, signal });
    chunks.push(...copied);
    signal.throwIfAborted();
    return copied;
  };
  const direct = plan.ways.direct ? await sampleDirect(scratch, facts, found.windows, copy) : undefined;
  const ghost = plan.ways.ghost ? await sampleGhost(scratch, facts, found.windows, copy) : undefined;
  const rows = found.rows ?? rowsByDensity(chunks, found.ends);
  return { ...(ghost && { ghost }), ...(direct && { direct }), ...(rows !== undefined && { rows }) };
}

/** Copies a chunk from each window into a clone. */
type Copy = (
  clone: TableName,
  windows: readonly Window[],
  to: Pick<CopyRoute, 'columns' | 'locks'>,
) => Promise<readonly CopiedChunk[]>;

/**
 * Parents of the clone are empty. An id of 0 is copied as it is. Rows are read as they were committed, without locks if the
 * server can log that (with binlog_format=STATEMENT it cannot).
 */
async function prepare({ session }: Scratch, { server }: ChangeFacts): Promise<void> {
  await session.execute(
    "SET SESSION foreign_key_checks=0, sql_mode=CONCAT(@@SESSION.sql_mode, ',NO_AUTO_VALUE_ON_ZERO')",
  );
  if (!server.binlog.enabled || server.binlog.format === 'ROW') {
    await session.execute('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  }
}

async function sampleGhost(
  scratch: Scratch,
  facts: ChangeFacts,
  windows: readonly Window[],
  copy: Copy,
): Promise<Timing> {
  const clone = await makeClone(scratch);
  await alter(scratch, clone, facts);
  // Generated ones come by themselves.
  const pairs = columnPairs(facts).filter(({ before, after }) => !before.generated && !after.generated);
  const columns = pairs.map(({ before, after }) => ({ from: before.name, to: after.name }));
  const copied = await copy(clone, windows, { columns, locks: true });
  return { rows: copiedRows(copied), ms: copied.reduce((sum, { ms }) => sum + ms, 0) };
}

/**
 * On a quarter of the sample, and on each half of it: two sizes tell the fixed cost from that of the rows, and two times on the same
 * size tell what was a mishap of the moment.
 */
async function sampleDirect(
  scratch: Scratch,
  facts: ChangeFacts,
  windows: readonly Window[],
  copy: Copy,
): Promise<Timing[]> {
  const stored = facts.table.columns.filter(({ generated }) => !generated);
  const columns = stored.map(({ name }) => ({ from: name, to: name }));
  const timings: Timing[] = [];
  const every = (step: number, first: number) => windows.filter((_, index) => index % step === first);
  for (const part of [every(4, 2), every(2, 0), every(2, 1)]) {
    const clone = await makeClone(scratch);
    const copied = await copy(clone, part, { columns, locks: false });
    await flush(scratch, clone);
    timings.push({ rows: copiedRows(copied), ms: await alter(scratch, clone, facts) });
  }
  return timings;
}

function copiedRows(chunks: readonly CopiedChunk[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.copied, 0);
}

/**
 * Most pages of the real table are on disk; those of a new copy would have to be written while the change is timed: a rebuild of
 * wide rows came out twice as long (measured). FOR EXPORT writes them (manual, "FLUSH TABLES … FOR EXPORT"); it needs RELOAD, and
 * without it the forecast is on the safe side.
 */
async function flush({ session }: Scratch, clone: TableName): Promise<void> {
  try {
    await session.execute(`FLUSH TABLES ${quoteTable(clone)} FOR EXPORT`);
  } catch (error) {
    if (!isRefusal(error) && !isAccessDenied(error)) throw error;
    return;
  }
  await session.execute('UNLOCK TABLES');
}

/** Making a clone switches the session's foreign key checks on again. */
async function makeClone(scratch: Scratch): Promise<TableName> {
  const clone = await scratch.fresh();
  await scratch.session.execute('SET SESSION foreign_key_checks=0');
  return clone;
}

/** @returns how long it took, in milliseconds */
async function alter({ session }: Scratch, clone: TableName, { probe, statement }: ChangeFacts) {
  const began = performance.now();
  const { spec } = inScratch(statement);
  await session.execute(alterSql(quoteTable(clone), probe.clause, spec), { limitMs: alterLimitMs });
  return performance.now() - began;
}
