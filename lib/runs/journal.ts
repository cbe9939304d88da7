import type { SwitchLog } from '../mysql/switched-on.js';
import type { TableName } from '../plan/plan.js';
import type { AwaitedTable, EngineRecord, KeptTable } from './record.js';

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
