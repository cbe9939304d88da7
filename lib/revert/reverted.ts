import type { TableName } from '../plan/plan.js';
import type { KeptTable } from '../runs/record.js';

/** What a statement of a revert takes back. */
export interface Reverted {
  run: string;
  table: TableName;
  /** The original that was kept, where it was swapped by gh-ost and nothing of this run changed the table after it. */
  kept?: KeptTable;
  /** What cannot come back. */
  losses: readonly { id: string; text: string }[];
}
