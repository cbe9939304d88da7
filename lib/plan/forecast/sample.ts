import type { TableFacts } from '../../inspect/table.js';
import { isAccessDenied, isRefusal } from '../../mysql/errors.js';
import { inScratch } from '../../probe/in-scratch.js';
import { alterSql } from '../../probe/rungs.js';
import type { Scratch } from '../../probe/scratch.js';
import { quoteTable } from '../../sql/quote.js';
import type { ChangeFacts } from '../checks/check-facts.js';
import type { TableName } from '../plan.js';
import { type CopiedChunk, type CopyRoute, sharedColumns } from './copy-window.js';
import { copyWindows } from './copy-windows.js';
import { type Chunk, rowsByDensity } from './density.js';
import type { Timed } from './extrapolate.js';
import type { SamplePlan } from './sample-plan.js';
import { findWindows, type Windows } from './windows.js';

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
