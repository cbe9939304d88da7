import type { TableName } from '../plan/plan.js';
import type { EngineRecord } from './record.js';

/** What a statement at work writes into the record of its run. */
export interface Journal {
  run: string;
  /**
   * Before gh-ost is started: from then on its tables and its folder are this run's.
   * @throws {Fault} exit code 11 where it could not be written
   */
  engine(table: TableName, engine: EngineRecord, folder: string): Promise<void>;
}
