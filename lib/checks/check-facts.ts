import type { Estimate, PlannedAlter } from '../documents/plan.js';
import { limitedSelect } from '../inspect/capabilities.js';
import type { ServerFacts } from '../inspect/server.js';
import type { TableFacts } from '../inspect/table.js';
import type { Session } from '../mysql/session.js';

import type { Climb } from '../probe/ladder.js';
import type { Probe } from '../probe/probe.js';
import type { AlterStatement } from '../sql/statement.js';
import type { Column } from '../table/shape.js';

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

/** What is known when a way has been chosen and its cost foretold. */
export interface CostFacts {
  choice: Pick<PlannedAlter, 'strategy'>;
  estimate: Estimate;
}

/** A column that is there before and after the change, under the same name or another. */
export interface ColumnPair {
  before: Column;
  after: Column;
}

/** The columns that keep their values. One that is dropped and added again under the same name is another column. */
export function columnPairs({ statement, probe }: Pick<ChangeFacts, 'statement' | 'probe'>): ColumnPair[] {
  const known = probe.tracer.kind === 'known' ? probe.tracer.renames : [];
  const renames = [...statement.renames, ...known.filter(({ from }) => !isNamed(statement.renames, from))];
  const taken = new Set(renames.map(({ to }) => to.toLowerCase()));
  return probe.before.columns.flatMap((before) => {
    const name = before.name.toLowerCase();
    const to = renames.find(({ from }) => from.toLowerCase() === name)?.to.toLowerCase();
    if (to === undefined && (taken.has(name) || isDropped(statement, name))) return [];
    const after = probe.after.columns.find((column) => column.name.toLowerCase() === (to ?? name));
    return after === undefined ? [] : [{ before, after }];
  });
}

function isNamed(renames: readonly { from: string }[], name: string): boolean {
  return renames.some(({ from }) => from.toLowerCase() === name.toLowerCase());
}

function isDropped({ clauses }: ChangeFacts['statement'], name: string): boolean {
  return clauses.some(({ text }) => {
    const [, quoted, bare] =
      /^DROP (?:COLUMN )?(?:IF EXISTS )?(?:`((?:[^`]|``)+)`|([^\s`]+))(?: RESTRICT| CASCADE)?$/i.exec(text) ??
      [];
    return (quoted?.replaceAll('``', '`') ?? bare)?.toLowerCase() === name;
  });
}

/** How long the server may look before it gives up by itself. */
const limitMs = 1_000;

/**
 * A cheap look at what the server knows, limited in time.
 * @param what what follows SELECT
 * @returns undefined where the account may not look, the server has no such table, or the time was up
 */
export async function look<Row extends object>(
  session: Session,
  server: Pick<ServerFacts, 'flavor'>,
  what: string,
  values: readonly unknown[],
): Promise<Row[] | undefined> {
  try {
    return await session.rows<Row>(limitedSelect(server, limitMs, what), values);
  } catch {
    return undefined;
  }
}

/**
 * What can be asked of the rows now: `there` all of it; `reshaped` or `rewritten` only when the statement's turn has
 * come, since one before it changes the columns or the rows; `none` for a table that one before it makes.
 */
export type RowsAhead = 'there' | 'reshaped' | 'rewritten' | 'none';
