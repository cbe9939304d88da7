import type { Ending } from '../documents/ending.js';
import type { Emit } from '../documents/event.js';
import type {
  Check,
  CostClass,
  Costs,
  DurationRange,
  PlannedAlter,
  PlannedServer,
  Reason,
  RejectedStrategy,
} from '../documents/plan.js';
import type { KeptTable } from '../documents/record.js';
import type { EngineName, StrategyName } from '../documents/strategies.js';
import type { ExitCode } from '../exit-code.js';
import type { Durations } from '../forecast/predict.js';
import type { Privileges } from '../inspect/privileges.js';
import type { ServerFacts } from '../inspect/server.js';
import type { TableFacts } from '../inspect/table.js';
import type { Session } from '../mysql/session.js';
import type { Probe } from '../probe/probe.js';
import type { Journal, Steering } from '../runs/steering.js';
import type { Settings } from '../settings/settings.js';
import type { TableName } from '../sql/names.js';
import type { AlterStatement } from '../sql/statement.js';

/**
 * Something that changes a table: the server's own ALTER, or a program that copies the table. alterwise chooses an engine
 * by what it proposes, runs it, and steers it while it runs.
 */
export interface Engine {
  /** What `--strategy` calls it. */
  name: EngineName;
  /** It fills a copy of the table, reads the binary log meanwhile, and cuts over to the copy at the end. */
  copiesTable?: true;
  /** Looks at what only this engine needs to know. Asked only if the engine could be the answer. */
  assess(facts: EngineFacts): Promise<Assessment>;
  /** Whether it would make the change, and how. Pure. */
  propose(facts: ProposalFacts): Proposal;
  /** How long it takes, from what is predicted for each way; undefined if that is unknown. Pure. */
  duration(durations: Durations, costClass: CostClass): DurationRange | undefined;
  /** What it needs and whom it holds up. Pure. */
  costs(facts: CostFacts): Costs;
  /** What a plan says besides if this engine was chosen, such as whose lag it watches. */
  remarks?(table: TableName, facts: Pick<EngineContext, 'settings' | 'server'>): Promise<Remarks>;
  /** Puts back the old table that an earlier run of this engine kept, with the writes made since. */
  putBack?: {
    look(session: Session, statement: PlannedAlter, kept: KeptTable): Promise<PutBack>;
    /** What has to be found for it. */
    program(settings: Settings): Promise<PlannedServer['ghOst']>;
  };
  /** Makes the change, verifies it, and takes back whatever did not come to its end. */
  run(statement: PlannedAlter, context: EngineContext): Promise<Ending | ClassRefused>;
}

/** The table and the change, as far as they are known before an engine is chosen. */
export interface EngineFacts {
  session: Session;
  server: ServerFacts;
  table: TableFacts;
  privileges: Privileges;
  statement: AlterStatement;
  probe: Probe | { kind: 'off' };
  settings: Settings;
}

/** What an engine found when it looked. */
export interface Assessment {
  /** Empty: it can make the change. */
  obstacles: readonly Obstacle[];
  warnings: readonly Check[];
  /** The change in the words that the engine understands, if they differ. */
  spec?: string;
  /** The unique key along which it would copy. */
  key?: string;
  /** The program that it would run. */
  binary?: { path: string; version: string };
}

/** Why an engine cannot be used for a change, or must not be. */
export interface Obstacle {
  id: string;
  text: string;
  /** The way out, if there is one besides another engine. */
  next?: string;
  /** `danger`: the change or the table is not for this engine. `environment`: the server could be made ready for it. */
  kind: 'danger' | 'environment';
}

export interface ProposalFacts {
  /** `unknown` if the change was not probed. */
  costClass: CostClass;
  /** What a direct ALTER would have to assert; absent if the server takes no clause. */
  clause?: string;
  durations: Durations;
  /** Servers that follow; absent if unknown, which counts as "some do". */
  replicas?: number;
  assessment: Assessment;
  /** Why it comes to this engine: what the one before it declined for, or that it was asked for by name. */
  why: readonly Reason[];
  /** `--strategy` names this engine. */
  isForced: boolean;
  settings: Pick<Settings, 'stallBudgetMs' | 'directBudgetMs'>;
}

export type Proposal =
  | {
      kind: 'takes';
      strategy: StrategyName;
      clause?: string;
      reasons: readonly Reason[];
      /** Why the engines after it are not needed, if that is worth a word. */
      instead?: Reason;
    }
  /** It could, but should not unless nothing else is possible. */
  | { kind: 'declines'; reason: Reason; exitCode: ExitCode; next?: string; rejected?: RejectedStrategy }
  /** It cannot. */
  | { kind: 'cannot'; obstacles: readonly [Obstacle, ...Obstacle[]]; rejected: RejectedStrategy };

export interface CostFacts {
  strategy: StrategyName;
  costClass: CostClass;
  durationMs?: DurationRange;
  table: Pick<TableFacts, 'size'>;
  topology: Pick<ServerFacts['topology'], 'replicas'>;
  ghost: Pick<Settings['ghost'], 'cutOverLockTimeoutSeconds' | 'maxLagMs' | 'throttleReplicas'>;
}

export interface Remarks {
  reasons: readonly Reason[];
  checks: readonly Check[];
}

/** Whether an old table can be put back. */
export type PutBack =
  /** `settles`: ids of checks of the inverse statement that do not apply to it. */
  | { kind: 'possible'; coordinates: string; definition: string; settles: readonly string[] }
  /** What the old table has cannot be brought back; the inverse statement can still be run. */
  | { kind: 'lost'; why: string }
  /** What refuses the inverse statement stands in the way of the old table as well. */
  | { kind: 'refused' };

/** What an engine has at hand while it runs. */
export interface EngineContext {
  settings: Settings;
  server: ServerFacts;
  /** The server as the plan shows it, with the program that was found for it. */
  planned: PlannedServer;
  emit: Emit;
  /** Aborted: stop, and put everything back. */
  signal: AbortSignal;
  /** Aborted as well: look at nothing any more, and only say what is left. */
  hurry?: AbortSignal;
  /** Absent: nobody can steer it. */
  steering?: Steering;
  /** The record of the run; absent if none is kept. */
  journal?: Journal;
}

/** The real table refuses the class that its clone accepted: nothing was changed, and it has to be chosen again. */
export interface ClassRefused {
  classRefused: string;
}
