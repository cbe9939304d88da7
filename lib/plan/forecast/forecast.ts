import type { GhostAssessment } from '../../ghost/assess.js';
import type { Privileges } from '../../inspect/privileges.js';
import type { Session } from '../../mysql/session.js';
import type { RowsAhead } from '../../planning/ahead.js';
import type { Settings } from '../../settings/settings.js';
import type { CheckFacts } from '../checks/check-facts.js';
import { type Durations, predictDurations } from '../durations.js';

/** What is foretold of a change, for each way to make it. */
export interface Forecast {
  durations: Durations;
  /** Absent: from general rates. */
  sampledRows?: number;
  /** By what earlier runs on this server took. */
  corrected?: { factor: number; runs: number };
  /** Row changes a second on the table now; absent where the server does not tell. */
  writesPerSecond?: number;
}

export interface ForecastFacts extends CheckFacts {
  session: Session;
  privileges: Privileges;
  settings: Settings;
  ghost: GhostAssessment;
  /** A table that is not there yet, or is changed by an earlier statement, cannot be sampled. */
  rowsAhead: RowsAhead;
}

export async function forecast({ server, table }: ForecastFacts): Promise<Forecast> {
  return { durations: predictDurations(server, table.size, table.rows) };
}
