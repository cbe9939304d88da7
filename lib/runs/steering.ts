import type { AwaitedTable, EngineRecord, KeptTable } from '../documents/record.js';
import type { SwitchLog } from '../mysql/instruments.js';
import type { EngineValues } from '../settings/live-settings.js';
import type { TableName } from '../sql/names.js';

/** How a run is steered from another terminal while it works. One per run; the conductor owns it. */
export class Steering {
  /** Somebody has said `alterwise cut-over`; the next attempt uses it up. */
  cutOverAsked = false;
  /** Somebody has said `alterwise pause`, and not yet `alterwise resume`. */
  paused = false;
  /** What the engine was told to keep to, instead of the settings. */
  values: EngineValues = {};
  /** Of the engine at work; absent if it cannot be steered. */
  controls?: Controls;

  /**
   * Lends the controls of an engine.
   * @returns takes them back, and forgets what was said: it was said for this table, and not for the next
   */
  lend(controls: Controls): () => void {
    this.controls = controls;
    return () => {
      delete this.controls;
      this.values = {};
      this.paused = false;
      this.cutOverAsked = false;
    };
  }
}

/** What an engine that can be steered does while it works. An order is carried out when its promise is fulfilled. */
export interface Controls {
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** @returns what is now true, by the same names */
  set(values: EngineValues): Promise<EngineValues>;
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
  /** Before a cut-over: what will be kept. If it cannot be written, a warning says so. */
  swapping(table: TableName, awaited: AwaitedTable): Promise<void>;
  /** After a cut-over: what was kept. If it cannot be written, a warning says so. */
  swapped(table: TableName, kept: KeptTable): Promise<void>;
}
