import type { ChangeFacts } from '../checks/shared/facts.js';
import { isServerError } from '../mysql/errors.js';
import { killQuery } from '../mysql/processlist.js';
import { type Session, withSession } from '../mysql/session.js';
import { withScratch } from '../probe/scratch.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { type Correction, readExperience } from './history.js';
import { foretell, neverEnds, type Way } from './predict.js';
import { type Durations, predictDurations } from './rough.js';
import { type ForecastFacts, planSample, type Sample, type SamplePlan, takeSample } from './sample.js';

/** What is foretold of a change, for each way to make it. */
export interface Forecast {
  durations: Durations;
  /** Absent: from general rates. */
  sampledRows?: number;
  /** By what earlier runs on this server took, for each way. */
  corrections?: Readonly<Partial<Record<Way, Correction>>>;
  /** Of a plan that was approved: for the way that it has chosen. */
  corrected?: Correction;
  /** Row changes a second on the table now; absent where the server does not tell. */
  writesPerSecond?: number;
}

/** All ways together, the making of clones and the clean-up included; usually it is half of that. */
const hardLimitMs = 30_000;

/**
 * How long each way to make the change would take: from a sample where that is worth it, and by general rates elsewhere. A sample
 * writes up to 100,000 rows into clones in the scratch schema, and so into the binlog; they are gone when this returns. One that
 * fails is told as a warning and does not end the plan.
 * @throws the reason of the signal
 */
export async function forecast(facts: ForecastFacts): Promise<Forecast> {
  const { server, table } = facts;
  const rates = predictDurations(server, table.size, table.rows);
  if (!isChange(facts)) return { durations: rates };
  const plan = planSample(facts);
  if (plan === undefined) return { durations: rates };
  try {
    return (await sampled(facts, plan, rates)) ?? { durations: rates };
  } catch (error) {
    facts.signal.throwIfAborted();
    tell(facts, `No sample could be taken, so the durations are rough: ${String(error)}`);
    return { durations: rates };
  }
}

function isChange(facts: ForecastFacts): facts is ForecastFacts & ChangeFacts {
  return facts.probe.kind === 'applies';
}

async function sampled(
  facts: ForecastFacts & ChangeFacts,
  plan: SamplePlan,
  rates: Durations,
): Promise<Forecast | undefined> {
  const { server, table, settings, probe, session } = facts;
  const text = `Copying a sample of ${tableLabel(table.name)} to see how long it takes`;
  facts.emit({ type: 'phase', phase: 'probe', table: tableLabel(table.name), text });
  const before = await readWritten(session, table.name);
  const sample = await inClones(facts, plan);
  const writesPerSecond = rateOf(before, await readWritten(session, table.name));
  if (sample === undefined) {
    tell(facts, 'No places all over the table were found to take a sample from, so the durations are rough.');
    return undefined;
  }
  const experience = await readExperience(server, settings.stateDir);
  // Of what was derived from the other way, earlier runs say nothing.
  const direct = sample.direct && experience(probe.class);
  const ghost = sample.ghost && experience('gh-ost');
  const corrections = { ...(direct && { [probe.class]: direct }), ...(ghost && { 'gh-ost': ghost }) };
  const counted = table.rows?.exact === true ? table.rows.count : sample.rows;
  const from = {
    flavor: server.flavor,
    class: probe.class,
    sample,
    rows: counted ?? table.rows?.count ?? 0,
    rowsKnown: counted !== undefined,
    largerThanMemory: await isLargerThanMemory(session, table.size.fileBytes),
    ...(writesPerSecond !== undefined && { writesPerSecond }),
    rates,
    corrections,
  };
  if (plan.ways.ghost && neverEnds(from)) {
    tell(
      facts,
      `${Math.round(writesPerSecond ?? 0)} rows a second are written to the table, about as many as gh-ost can follow.`,
    );
  }
  return {
    durations: foretell(from),
    sampledRows: Math.max(sample.ghost?.rows ?? 0, ...(sample.direct ?? []).map(({ rows }) => rows)),
    corrections,
    ...(writesPerSecond !== undefined && { writesPerSecond: Math.round(writesPerSecond) }),
  };
}

/** On a connection of its own, which can be lost without harm to the plan. */
async function inClones(facts: ForecastFacts & ChangeFacts, plan: SamplePlan): Promise<Sample | undefined> {
  const { settings } = facts;
  const signal = AbortSignal.any([facts.signal, AbortSignal.timeout(hardLimitMs)]);
  try {
    return await withSession(settings.connection, {}, (session) =>
      withScratch(session, facts, settings, (scratch) =>
        withKill(settings.connection, session, signal, () => takeSample(scratch, facts, plan, signal)),
      ),
    );
  } catch (error) {
    signal.throwIfAborted(); // what was killed says "interrupted"
    throw error;
  }
}

/** Half of the pool is what one table can hope for; a copy of it wants room as well. */
async function isLargerThanMemory(session: Session, fileBytes: number | undefined): Promise<boolean> {
  const [row] = await session.rows<{ bytes: number | string }>('SELECT @@innodb_buffer_pool_size AS bytes');
  return fileBytes === undefined || row === undefined || fileBytes > Number(row.bytes) / 2;
}

function tell({ emit, table }: ForecastFacts, text: string): void {
  emit({ type: 'warning', id: 'forecast-sample', table: tableLabel(table.name), text });
}

/** How many rows were written when. */
interface Written {
  rows: number;
  atMs: number;
}

/** In less time a rate is chance. */
const leastMs = 500;

/**
 * Rows written to a table since the server counts them (performance_schema.table_io_waits_summary_by_table; an index of it
 * leads to the one table).
 * @returns undefined where the server does not count, or does not tell
 */
export async function readWritten(session: Session, table: TableName): Promise<Written | undefined> {
  try {
    const [row] = await session.rows<{ written: number | string }>(
      `SELECT w.COUNT_INSERT+w.COUNT_UPDATE+w.COUNT_DELETE AS written
         FROM performance_schema.table_io_waits_summary_by_table w
         JOIN performance_schema.setup_instruments i ON i.NAME='wait/io/table/sql/handler' AND i.ENABLED='YES'
        WHERE w.OBJECT_TYPE='TABLE' AND w.OBJECT_SCHEMA=? AND w.OBJECT_NAME=?`,
      [table.schema, table.name],
      { limitMs: 5_000 },
    );
    return row === undefined ? undefined : { rows: Number(row.written), atMs: performance.now() };
  } catch (error) {
    if (isServerError(error)) return undefined; // no right to look, or no such counters
    throw error;
  }
}

/** Rows a second between the two; undefined where it is not known. */
export function rateOf(before: Written | undefined, after: Written | undefined): number | undefined {
  if (before === undefined || after === undefined || after.atMs - before.atMs < leastMs) return undefined;
  // The counters can be set back (TRUNCATE of the summary table).
  if (after.rows < before.rows) return undefined;
  return ((after.rows - before.rows) / (after.atMs - before.atMs)) * 1_000;
}

/**
 * Runs `work` on a session and ends its statement by KILL QUERY when the signal fires. The kill is over when this returns:
 * what is cleaned up afterwards is not hit by it.
 */
async function withKill<T>(
  settings: ConnectionSettings,
  session: Session,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  let killing: Promise<void> = Promise.resolve();
  const kill = () => {
    const killed = withSession(settings, {}, (killer) => killQuery(killer, session.connectionId));
    killing = killed.catch(() => {}); // the statement has a limit of its own
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', kill, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', kill);
    await killing;
  }
}
