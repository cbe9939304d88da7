import type { ChangeFacts, CheckFacts, RowsAhead } from '../checks/shared/facts.js';
import type { Emit } from '../documents/event.js';
import type { Privileges } from '../inspect/privileges.js';
import type { TableFacts } from '../inspect/table.js';
import { isAccessDenied, isRefusal } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { alterSql } from '../probe/ladder.js';
import { inScratch, type Scratch } from '../probe/scratch.js';
import type { Settings } from '../settings/settings.js';
import { quoteTable, type TableName } from '../sql/names.js';
import { chooseSharedKey, uniqueKeys } from '../table/shared-key.js';
import {
  type Chunk,
  type CopiedChunk,
  type CopyRoute,
  copyWindows,
  rowsByDensity,
  sharedColumns,
} from './copy-windows.js';
import { findWindows, type SampleKey, sampleKey, type Windows } from './windows.js';

/** What copies of a part of the table took. */
export interface Sample {
  /** By gh-ost's way; absent where it was not asked for. */
  ghost?: Timed;
  /** The change itself on copies of different sizes; absent where it was not asked for. */
  direct?: readonly Timed[];
  /** Rows of the table, where the sample tells. */
  rows?: number;
}

/** Each way has this long to copy. */
const copyBudgetMs = 5_000;
/** The signal ends it long before: a connection that is given up would leave the ALTER running, and the clone locked. */
const alterLimitMs = 120_000;

/**
 * Copies rows from all over the table into clones, at the speed of gh-ost, and runs the change on filled clones.
 * @returns undefined where no sample was found that is spread over the table
 * @throws the server's error, and the reason of the signal
 */
export async function takeSample(
  scratch: Scratch,
  facts: ChangeFacts,
  plan: SamplePlan,
  signal: AbortSignal,
): Promise<Sample | undefined> {
  const { session } = scratch;
  const windows = await findWindows(session, facts.table, plan.key, plan.windows, signal);
  if (windows === undefined) return undefined;
  await prepare(scratch, facts);
  const chunks: Chunk[] = [];
  const told = (copied: readonly CopiedChunk[]) => {
    chunks.push(...copied);
    return copied;
  };
  const direct = plan.ways.direct
    ? await sampleDirect(scratch, facts, plan, windows, signal, told)
    : undefined;
  const ghost = plan.ways.ghost ? await sampleGhost(scratch, facts, plan, windows, signal, told) : undefined;
  const rows = windows.rows ?? rowsByDensity(chunks, windows.ends);
  return { ...(ghost && { ghost }), ...(direct && { direct }), ...(rows !== undefined && { rows }) };
}

/**
 * Parents of the clone are empty. An id of 0 is copied as it is. Rows are read as they were committed, without locks where
 * the server can log that (with binlog_format=STATEMENT it cannot).
 */
async function prepare({ session }: Scratch, { server }: ChangeFacts): Promise<void> {
  await session.execute(
    "SET SESSION foreign_key_checks=0, sql_mode=CONCAT(@@SESSION.sql_mode, ',NO_AUTO_VALUE_ON_ZERO')",
  );
  if (!server.binlog.enabled || server.binlog.format === 'ROW') {
    await session.execute('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  }
}

type Told = (copied: readonly CopiedChunk[]) => readonly CopiedChunk[];

async function sampleGhost(
  scratch: Scratch,
  facts: ChangeFacts,
  plan: SamplePlan,
  { windows }: Windows,
  signal: AbortSignal,
  told: Told,
): Promise<Timed> {
  const { table, probe, statement } = facts;
  const clone = await fresh(scratch);
  await alter(scratch, clone, facts);
  const columns = sharedColumns(table.columns, probe.after.columns, statement.renames);
  const route: CopyRoute = { ...routeTo(scratch, clone, table, plan), columns, locks: true };
  const copied = told(await copyWindows(route, windows, { budgetMs: copyBudgetMs, signal }));
  return {
    rows: copied.reduce((sum, chunk) => sum + chunk.copied, 0),
    ms: copied.reduce((sum, { ms }) => sum + ms, 0),
  };
}

/**
 * On a quarter of the sample, and on each half of it: two sizes tell the fixed cost from that of the rows, and two times on the same
 * size what was a mishap of the moment.
 */
async function sampleDirect(
  scratch: Scratch,
  facts: ChangeFacts,
  plan: SamplePlan,
  { windows }: Windows,
  signal: AbortSignal,
  told: Told,
): Promise<Timed[]> {
  const { table } = facts;
  const columns = sharedColumns(table.columns, table.columns, []);
  const timed: Timed[] = [];
  const every = (step: number, first: number) => windows.filter((_, index) => index % step === first);
  for (const part of [every(4, 2), every(2, 0), every(2, 1)]) {
    const budgetMs = (copyBudgetMs * part.length) / windows.length;
    const clone = await fresh(scratch);
    const route: CopyRoute = { ...routeTo(scratch, clone, table, plan), columns, locks: false };
    const copied = told(await copyWindows(route, part, { budgetMs, signal }));
    await settle(scratch, clone);
    signal.throwIfAborted();
    const rows = copied.reduce((sum, chunk) => sum + chunk.copied, 0);
    timed.push({ rows, ms: await alter(scratch, clone, facts) });
  }
  return timed;
}

/**
 * The pages of the real table are on disk for the most part; those of a copy that was just made would have to be written while the
 * change is timed: a rebuild of wide rows came out twice as long (measured). FOR EXPORT writes them (manual, "FLUSH TABLES … FOR
 * EXPORT"); it wants RELOAD, and without it the forecast is on the safe side.
 */
async function settle({ session }: Scratch, clone: TableName): Promise<void> {
  try {
    await session.execute(`FLUSH TABLES ${quoteTable(clone)} FOR EXPORT`);
  } catch (error) {
    if (!isRefusal(error) && !isAccessDenied(error)) throw error;
    return;
  }
  await session.execute('UNLOCK TABLES');
}

/** A clone is made with the session's foreign key checks on again. */
async function fresh(scratch: Scratch): Promise<TableName> {
  const clone = await scratch.fresh();
  await scratch.session.execute('SET SESSION foreign_key_checks=0');
  return clone;
}

function routeTo({ session }: Scratch, to: TableName, from: TableFacts, { key, chunk }: SamplePlan) {
  return { session, from, to, key, size: chunk };
}

/** @returns how long it took, in milliseconds */
async function alter({ session }: Scratch, clone: TableName, { probe, statement }: ChangeFacts) {
  const began = performance.now();
  const { spec } = inScratch(statement);
  await session.execute(alterSql(quoteTable(clone), probe.clause, spec), { limitMs: alterLimitMs });
  return performance.now() - began;
}

/** How much of the table is sampled, and for what. */
export interface SamplePlan {
  key: SampleKey;
  /** Rows of one chunk. */
  chunk: number;
  /** From how many places a chunk is read. */
  windows: number;
  ways: { ghost: boolean; direct: boolean };
}

/**
 * Below this many rows the rough rates will do: either way is a matter of seconds then, and fixed costs, which those rates know
 * as well as a sample does, are most of it.
 */
const worthwhileRows = 20_000;
const rowLimit = 100_000;
/** Wide rows: no more than this is written into the clone. */
const byteLimit = 128 * 1024 * 1024;
const fewestWindows = 25;
/** gh-ost's chunk where nothing else is said, as alterwise starts it. */
const usualChunk = 2_000;

/** @returns undefined where a sample would tell nothing, or must not be taken: the rough rates have to do. */
export function planSample(facts: ForecastFacts & ChangeFacts): SamplePlan | undefined {
  const { table, settings, probe } = facts;
  if (!facts.measures || settings.checks.forecast !== 'sample' || facts.rowsAhead !== 'there')
    return undefined;
  if (probe.class === 'instant' || probe.class === 'metadata' || table.engine !== 'InnoDB') return undefined;
  if (!takesSamples(facts)) return undefined;
  const rows = table.rows?.count ?? 0;
  const bytes = (table.size.dataBytes ?? 0) + (table.size.indexBytes ?? 0);
  if (rows < worthwhileRows) return undefined;
  const most = Math.min(rowLimit, Math.floor(byteLimit / Math.max(1, bytes / rows)), rows);
  const chunk = Math.max(
    1,
    Math.min(settings.ghost.chunkSize ?? usualChunk, Math.floor(most / fewestWindows)),
  );
  const key = keyOf(facts);
  if (key === undefined) return undefined;
  return { key, chunk, windows: Math.floor(most / chunk), ways: waysOf(facts) };
}

/**
 * What is written here is written for all who follow: not on a replica, whose own writes set it apart from its source, and not
 * where every node of a cluster would have to wait for it.
 */
function takesSamples({ server: { topology } }: ForecastFacts): boolean {
  const { readOnly, isReplica, galera, groupReplication } = topology;
  return !readOnly && isReplica !== true && !galera && !groupReplication;
}

/** The one that gh-ost would use; where there is none, any along which rows can be told apart. */
function keyOf({ table, probe }: ChangeFacts): SampleKey | undefined {
  const shared = chooseSharedKey(table, probe.after)?.before;
  const keys = [...(shared ? [shared] : []), ...uniqueKeys(table)].filter(({ type }) => type === 'BTREE');
  return keys.map(sampleKey).find((key) => key !== undefined);
}

/** gh-ost is sampled where it may come into question, now or when the server has been made ready for it. */
function waysOf({ settings, ghost, table, probe }: ForecastFacts & ChangeFacts): SamplePlan['ways'] {
  const possible =
    ghost.obstacles.every(({ kind }) => kind === 'environment') &&
    chooseSharedKey(table, probe.after) !== undefined;
  return {
    ghost: possible && settings.strategy !== 'direct',
    direct: settings.strategy !== 'gh-ost' || !possible,
  };
}

/** What a sample of so many rows took. */
interface Timed {
  rows: number;
  ms: number;
}

/**
 * What the whole table will take, by samples of one or two sizes: a fixed cost and one for each row, which grows with the depth of
 * the trees and the passes of the sort. Of samples of about the same size the quicker counts: others on the server can only hold
 * a statement up.
 * @param growth by which part a row gets dearer each time the table is twice as large as the larger sample
 * @returns milliseconds; undefined where nothing was timed
 */
export function extrapolate(timed: readonly Timed[], rows: number, growth: number): number | undefined {
  const known = timed.filter((each) => each.rows > 0 && each.ms > 0);
  const most = Math.max(...known.map((each) => each.rows));
  const large = quickest(known.filter((each) => each.rows * sameSize > most));
  const small = quickest(known.filter((each) => each.rows * sameSize <= most));
  if (large === undefined) return undefined;
  const { fixedMs, perRowMs } = small === undefined ? proportional(large) : line(small, large);
  const doublings = Math.max(0, Math.log2(rows / large.rows));
  return fixedMs + perRowMs * rows * (1 + growth * doublings);
}

export interface ForecastFacts extends CheckFacts {
  session: Session;
  privileges: Privileges;
  settings: Settings;
  /** False: a sample would change nothing, so that general rates do. */
  measures: boolean;
  /** Whether gh-ost could make it, its words for the change, and the key along which it would copy. */
  ghost: { obstacles: readonly { kind: string }[]; spec?: string; key?: string };
  /** A table that is not there yet, or is changed by an earlier statement, cannot be sampled. */
  rowsAhead: RowsAhead;
  emit: Emit;
  /** Aborted: stop at once, and leave nothing. */
  signal: AbortSignal;
}

/** Samples that differ by less say nothing of a fixed cost. */
const sameSize = 1.5;

function quickest(timed: readonly Timed[]): Timed | undefined {
  const [first] = [...timed].sort((a, b) => a.ms / a.rows - b.ms / b.rows);
  return first;
}

/** Through two points; where more rows took less time they say nothing of a fixed cost. */
function line(small: Timed, large: Timed) {
  if (large.ms <= small.ms) return proportional(large);
  const slope = (large.ms - small.ms) / (large.rows - small.rows);
  const fixedMs = Math.min(fixedLimitMs, Math.max(0, small.ms - slope * small.rows));
  return { fixedMs, perRowMs: Math.max(0, large.ms - fixedMs) / large.rows };
}

function proportional({ rows, ms }: Timed) {
  return { fixedMs: 0, perRowMs: ms / rows };
}

/** More than this is no fixed cost of an ALTER (20 to 100 ms were measured), but noise in the smaller sample. */
const fixedLimitMs = 150;
