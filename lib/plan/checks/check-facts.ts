import type { ServerFacts } from '../../inspect/server.js';
import type { TableFacts } from '../../inspect/table.js';
import type { Climb } from '../../probe/ladder.js';
import type { Probe } from '../../probe/probe.js';
import type { AlterStatement } from '../../sql/statement.js';

/** What a check knows. Most look at the difference that the probe found, not at the text of the statement. */
export interface CheckFacts {
  server: ServerFacts;
  /** The table as it is before the change; under an earlier statement of the same file, as that will leave it. */
  table: TableFacts;
  statement: AlterStatement;
  probe: Probe | { kind: 'off' };
}

/** The facts of a change that does something, and of which it is known what. */
export interface ChangeFacts extends CheckFacts {
  probe: Extract<Probe, { kind: 'applies' }> & Climb;
}
