import type { ChangeFacts } from '../checks/shared/facts.js';
import { isServerError } from '../mysql/errors.js';
import { type Session, withSession } from '../mysql/session.js';
import { withScratch } from '../probe/scratch.js';
import { killedOnAbort } from '../rows/reader.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { readCorrections } from './history.js';
import {
  type Correction,
  cannotKeepUp,
  type Durations,
  predictDurations,
  predictFromSample,
  type Sample,
  type Way,
} from './predict.js';
import { type ForecastFacts, planSample, type SamplePlan, takeSample } from './sample.js';

/** What is predicted of a change, for each way to make it. */
export interface Forecast {
  durations: Durations;
  /** Absent: from general rates. */
  sampledRows?: number;
  /** By what earlier runs on this server took, for each way. */
  corrections?: Readonly<Partial<Record<Way, Correction>>>;
  /** Row changes a second on the table now; absent if the server does not tell. */
  writesPerSecond?: number;
}

/** All ways together, including making and dropping the clones; usually it takes half of that. */
const hardLimitMs = 30_000;

/**
 * How long each way to make the change would take: from a sample if that is worth it, otherwise by general rates. A sample
 * writes up to 100,000 rows into clones in the scratch schema, and so into the binlog; they are gone when this returns. One that
 * fails is a warning and does not end the plan.
 * @throws the reason of the signal
 */
export async function forecast(facts: ForecastFacts): Promise<Forecast> {
  const { server, table } = facts;
  const rates = predictDurations(server, table.size, table.rows);
  const plan = isChange(facts) && planSample(facts);
  if (!plan) return { durations: rates };
  try {
    return (await sampled(facts, plan, rates)) ?? { durations: rates };
  } catch (error) {
    facts.signal.throwIfAborted();
    warn(facts, `No sample could be taken, so the durations are rough: ${String(error)}`);
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
  const label = tableLabel(table.name);
  const text = `Copying a sample of ${label} to see how long it takes`;
  facts.emit({ type: 'phase', phase: 'probe', table: label, text });
  const before = await readWritten(session, table.name);
  const sample = await sampleInClones(facts, plan);
  const writesPerSecond = rateOf(before, await readWritten(session, table.name));
  if (sample === undefined) {
    warn(facts, 'The sample could not be spread over the whole table, so the durations are rough.');
    return undefined;
  }
  const correctionOf = await readCorrections(server, settings.stateDir);
  // Earlier runs say nothing of what was derived from the other way.
  const direct = sample.direct && correctionOf(probe.class);
  const ghost = sample.ghost && correctionOf('gh-ost');
  const corrections = { ...(direct && { [probe.class]: direct }), ...(ghost && { 'gh-ost': ghost }) };
  const knownRows = table.rows?.exact === true ? table.rows.count : sample.rows;
  const basis = {
    flavor: server.flavor,
    class: probe.class,
    sample,
    rows: knownRows ?? table.rows?.count ?? 0,
    rowsKnown: knownRows !== undefined,
    largerThanMemory: await isLargerThanMemory(session, table.size.fileBytes),
    ...(writesPerSecond !== undefined && { writesPerSecond }),
    rates,
    corrections,
  };
  if (plan.ways.ghost && cannotKeepUp(basis)) {
    warn(
      facts,
      `The application changes ${Math.round(writesPerSecond ?? 0)} rows a second in the table, about as many as gh-ost can apply.`,
    );
  }
  return {
    durations: predictFromSample(basis),
    sampledRows: Math.max(sample.ghost?.rows ?? 0, ...(sample.direct ?? []).map(({ rows }) => rows)),
    corrections,
    ...(writesPerSecond !== undefined && { writesPerSecond: Math.round(writesPerSecond) }),
  };
}

/** On a connection of its own, which can be lost without harm to the plan. */
async function sampleInClones(
  facts: ForecastFacts & ChangeFacts,
  plan: SamplePlan,
): Promise<Sample | undefined> {
  const { settings } = facts;
  const { connection } = settings;
  const signal = AbortSignal.any([facts.signal, AbortSignal.timeout(hardLimitMs)]);
  return withSession(connection, {}, (session) =>
    withScratch(session, facts, settings, (scratch) => {
      signal.throwIfAborted();
      const work = () => takeSample(scratch, facts, plan, signal);
      return killedOnAbort(work, session.connectionId, connection, signal);
    }),
  );
}

/** Half of the pool is what one table can hope for; its copy needs room as well. */
async function isLargerThanMemory(session: Session, fileBytes: number | undefined): Promise<boolean> {
  const [row] = await session.rows<{ bytes: number | string }>('SELECT @@innodb_buffer_pool_size AS bytes');
  return fileBytes === undefined || row === undefined || fileBytes > Number(row.bytes) / 2;
}

function warn({ emit, table }: ForecastFacts, text: string): void {
  emit({ type: 'warning', id: 'forecast-sample', table: tableLabel(table.name), text });
}

/** How many rows had been written at a moment. */
interface Written {
  rows: number;
  atMs: number;
}

/** In less time a rate is chance. */
const leastMs = 500;

/**
 * Rows written to a table since the server counts them (performance_schema.table_io_waits_summary_by_table; an index of it
 * leads to the one table).
 * @returns undefined if the server does not count, or does not tell
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
    if (isServerError(error)) return undefined; // no privilege, or no such counters
    throw error;
  }
}

/** Rows a second between the two; undefined if unknown. */
export function rateOf(before: Written | undefined, after: Written | undefined): number | undefined {
  if (before === undefined || after === undefined || after.atMs - before.atMs < leastMs) return undefined;
  // TRUNCATE of the summary table sets the counters back.
  if (after.rows < before.rows) return undefined;
  return ((after.rows - before.rows) / (after.atMs - before.atMs)) * 1_000;
}
