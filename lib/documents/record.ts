import { z } from 'zod';
import { PromisedDefinition, type StrategyName } from './plan.js';
import type { OutcomeName } from './result.js';
import { list, TableName, version } from './values.js';

/** A word of which a newer version may know more: the rest of what it wrote stays readable. */
function word<T extends string>() {
  return z.custom<T>((value) => typeof value === 'string');
}

const index = z.int().min(0);

export interface RecordedServer extends z.infer<typeof RecordedServer> {}
export const RecordedServer = z.object({
  host: z.string(),
  port: z.int(),
  uuid: z.string().exactOptional(),
  /** What the server calls itself, `hostname:port`: tells servers apart that have no UUID (MariaDB). */
  name: z.string(),
});

/** A statement as it was planned. */
export interface PlannedRecord extends z.infer<typeof PlannedRecord> {}
export const PlannedRecord = z.object({
  /** Its leading words. */
  verb: z.string(),
  /** Only of a change of a table, and absent if it may hold a secret. */
  sql: z.string().exactOptional(),
  table: TableName.exactOptional(),
  strategy: word<StrategyName>(),
  fingerprint: z.string(),
  /** For the way back: the definition before and after. */
  promise: PromisedDefinition.exactOptional(),
});

const definitions = list(
  z.object({
    table: TableName,
    /** A hash of the table's definition; absent if there is none any more. */
    definition: z.string().exactOptional(),
  }),
);

/** What a run takes over from the runs before it. */
export interface Carried extends z.infer<typeof Carried> {}
export const Carried = z.object({
  /** Statements that are done, by which run, and when. */
  done: list(z.object({ index, run: z.string(), at: z.string() })),
  /** Statements that were started and whose end is unknown. */
  doubts: list(index),
  tables: definitions,
});

/** The first line of a record. */
export type BeginLine = z.infer<typeof BeginLine>;
const BeginLine = z.object({
  version,
  type: z.literal('begin'),
  run: z.string(),
  plan: z.string(),
  /** What is run, and where; see `migrationKey`. */
  migration: z.string(),
  /** A hash of each statement's text. */
  statements: list(z.string()),
  /** Ids of the dangers that were accepted. */
  accepted: list(z.string()),
  /** What is known of the runs that it resumes: their records are not read any more. */
  carried: Carried.exactOptional(),
  /** Who runs it. */
  pid: z.int(),
  machine: z.string(),
  server: RecordedServer,
  /** The run that it takes back. */
  reverts: z.string().exactOptional(),
  database: z.string().exactOptional(),
  /** Path of its control socket; absent if it has none. */
  control: z.string().exactOptional(),
  planned: list(PlannedRecord),
});

/** What gh-ost was started with: it resumes from its checkpoint only with exactly the same. */
export interface EngineRecord extends z.infer<typeof EngineRecord> {}
const EngineRecord = z.object({
  version: z.string(),
  spec: z.string(),
  /** A hash of the flags that decide what it copies. */
  flags: z.string(),
});

/** What the original table will be called after the cut-over. */
export interface AwaitedTable extends z.infer<typeof AwaitedTable> {}
const AwaitedTable = z.object({
  oldTable: TableName,
  /** Of the original table under its own name; MySQL 8 and later keep it through a RENAME. */
  createdAt: z.string().exactOptional(),
  /** The server's clock before the cut-over, in the same form. */
  clock: z.string().exactOptional(),
});

/** The old table after a cut-over. */
export interface KeptTable extends z.infer<typeof KeptTable> {}
const KeptTable = z.object({
  oldTable: TableName,
  /** As the server reports it: tells it from another table of its name. */
  createdAt: z.string().exactOptional(),
  /** The GTID set up to which both tables hold the same rows; absent if gh-ost recorded none. */
  coordinates: z.string().exactOptional(),
});

/** A switch of performance_schema. */
export interface Switch extends z.infer<typeof Switch> {}
const Switch = z.object({ table: z.enum(['setup_consumers', 'setup_instruments']), name: z.string() });

/** By column (`ENABLED`, `TIMED`): whether it was on. */
export type Before = z.infer<typeof Before>;
const Before = z.record(z.string(), z.boolean()).readonly();

const onTable = z.object({ index, table: TableName });

/**
 * A line of a run's record: JSON, in the order in which things happened. It holds no secret, and values only if a
 * statement has them.
 */
export type RecordLine = z.infer<typeof RecordLine>;
const RecordLine = z.discriminatedUnion('type', [
  BeginLine,
  z.object({ type: z.literal('start'), index, verb: z.string(), tables: list(TableName) }),
  /** gh-ost is about to be started; from now on its tables are this run's. */
  onTable.extend({ type: z.literal('engine'), folder: z.string(), ...EngineRecord.shape }),
  /** The cut-over is about to be released: if alterwise dies, this tells what the original table is called then. */
  onTable.extend({ type: z.literal('swapping'), keepUntil: z.string(), ...AwaitedTable.shape }),
  /** gh-ost has made the cut-over. `keepUntil`: ISO 8601. */
  onTable.extend({ type: z.literal('swapped'), keepUntil: z.string(), ...KeptTable.shape }),
  /** `alterwise clean` has removed something that the run had left. `name`: `schema.table` */
  z.object({ type: z.literal('dropped'), name: z.string() }),
  /** A switch of performance_schema is about to be switched on, or was put back. */
  z.object({ type: z.literal('switched'), which: Switch, before: Before }),
  z.object({ type: z.literal('switched-back'), which: Switch }),
  z.object({
    type: z.literal('end'),
    index,
    outcome: word<OutcomeName>(),
    exitCode: z.int(),
    /** What the tables are afterwards. */
    tables: definitions,
    left: list(z.string()).exactOptional(),
  }),
  z.object({ type: z.literal('finish'), exitCode: z.int() }),
  /** It died, and nothing of it is left. */
  z.object({ type: z.literal('closed') }),
]);

export type TimedLine = RecordLine & { at: string };
export const TimedLine = z.intersection(RecordLine, z.object({ at: z.string() }));
