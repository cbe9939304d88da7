import type { SwitchLog } from '../mysql/instruments.js';
import type { EngineValues } from '../settings/engine-values.js';
import type { TableName } from '../sql/names.js';
import type { AwaitedTable, EngineRecord, KeptTable } from './record.js';

/** How a run is steered while it goes on, from another terminal. One for each run; the conductor owns it. */
export interface Steering {
  /** Somebody has said `alterwise cut-over`; the attempt to swap that follows uses it up. */
  cutOverAsked: boolean;
  /** It has been told to pause, and not to go on. */
  paused: boolean;
  /** What the engine was told to keep to, in place of the settings. */
  values?: EngineValues;
  /** What copies now, where it can be steered. */
  engine?: Engine;
}

/** An engine that can be steered. What it is told is true when the promise is fulfilled. */
export interface Engine {
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** @returns what is now true, by the same names */
  set(values: EngineValues): Promise<EngineValues>;
}

export function newSteering(): Steering {
  return { cutOverAsked: false, paused: false };
}

/** What a statement at work writes into the record of its run. */
export interface Journal extends SwitchLog {
  run: string;
  /** Of the run, beside its record. */
  folder: string;
  /**
   * Before gh-ost is started: from then on its tables and its folder are this run's.
   * @throws {Fault} exit code 11 where it could not be written
   */
  engine(table: TableName, engine: EngineRecord, folder: string): Promise<void>;
  /** Before a swap: what will be kept of it. Where it cannot be written, a warning says so. */
  swapping(table: TableName, awaited: AwaitedTable): Promise<void>;
  /** After a swap: what was kept of it. Where it cannot be written, a warning says so. */
  swapped(table: TableName, kept: KeptTable): Promise<void>;
}
