import type { Estimate, PlannedAlter } from '../../documents/plan.js';
import { limitedSelect, type ServerIdentity } from '../../inspect/capabilities.js';
import type { BinlogRetention, FreeSpace } from '../../inspect/disk.js';
import type { ServerFacts } from '../../inspect/server.js';
import type { TableFacts } from '../../inspect/table.js';
import { unlessRefused } from '../../mysql/errors.js';
import type { Session } from '../../mysql/session.js';
import type { Climb } from '../../probe/ladder.js';
import type { Probe } from '../../probe/probe.js';
import { escapeRegExp } from '../../sql/names.js';
import type { AlterStatement } from '../../sql/statement.js';
import type { Column } from '../../table/shape.js';
import { counted } from '../../text/human.js';

/** What a check knows. */
export interface CheckFacts {
  server: ServerFacts;
  /** The table before the change: if an earlier statement of the same file changes it, as that statement will leave it. */
  table: TableFacts;
  statement: AlterStatement;
  probe: Probe | { kind: 'off' };
}

/** The facts of a change that the probe has applied, so that its effect is known. */
export interface ChangeFacts extends CheckFacts {
  probe: Extract<Probe, { kind: 'applies' }> & Climb;
}

/** What is known when a strategy has been chosen and its cost predicted. */
export interface CostFacts {
  choice: Pick<PlannedAlter, 'strategy'>;
  estimate: Estimate;
  /** Absent: unknown. */
  free?: FreeSpace | undefined;
  /** Absent: unknown. */
  retention?: BinlogRetention | undefined;
}

/** A column that exists before and after the change, under the same name or another. */
export interface ColumnPair {
  before: Column;
  after: Column;
}

/** The columns that keep their values. One that is dropped and added again under the same name is another column. */
export function columnPairs({ statement, probe }: Pick<ChangeFacts, 'statement' | 'probe'>): ColumnPair[] {
  const known = probe.tracer.kind === 'known' ? probe.tracer.renames : [];
  const isDeclared = (from: string) => statement.renames.some((rename) => isSameName(rename.from, from));
  const renames = [...statement.renames, ...known.filter(({ from }) => !isDeclared(from))];
  return probe.before.columns.flatMap((before) => {
    const { name } = before;
    const to = renames.find(({ from }) => isSameName(from, name))?.to;
    const isTaken = renames.some((rename) => isSameName(rename.to, name));
    if (to === undefined && (isTaken || isDropped(statement, name))) return [];
    const after = probe.after.columns.find((column) => isSameName(column.name, to ?? name));
    return after === undefined ? [] : [{ before, after }];
  });
}

function isDropped({ clauses }: AlterStatement, name: string): boolean {
  return clauses.some(({ text }) => {
    const [, quoted, bare] =
      /^DROP (?:COLUMN )?(?:IF EXISTS )?(?:`((?:[^`]|``)+)`|([^\s`]+))(?: RESTRICT| CASCADE)?$/i.exec(text) ??
      [];
    const dropped = quoted?.replaceAll('``', '`') ?? bare;
    return dropped !== undefined && isSameName(dropped, name);
  });
}

/** Names of columns do not depend on case. */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The names that queries and code may still use after the change, and fail. */
export function goneNames({ probe }: ChangeFacts): string[] {
  return probe.difference.columnsDropped.map(({ name }) => name);
}

/** Whether a text has the name as a word of its own: `data` does not name `a`. */
export function namesColumn(text: string, column: string): boolean {
  const escaped = escapeRegExp(column);
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${escaped}(?![\\p{L}\\p{N}_$])`, 'iu').test(text);
}

/** `1 row has`, `2 rows have`. */
export function rowsThat(count: number, one: string, many: string): string {
  return `${counted(count, 'row')} ${count === 1 ? one : many}`;
}

/** After this the server ends the query itself. */
const lookUpLimitMs = 1_000;

/**
 * A cheap query on what the server knows.
 * @param what what follows SELECT
 * @returns undefined if the account has no right to see it, the server has no such table, or the time was up
 */
export async function lookUp<Row extends object>(
  session: Session,
  server: Pick<ServerIdentity, 'flavor'>,
  what: string,
  values: readonly unknown[] = [],
): Promise<Row[] | undefined> {
  return unlessRefused(session.rows<Row>(limitedSelect(server, lookUpLimitMs, what), values));
}

/**
 * What can be asked of the rows at planning time: everything (`there`); nothing until an earlier statement of the file
 * has changed the columns (`reshaped`) or the rows (`rewritten`); nothing, since an earlier statement creates the table (`none`).
 */
export type RowsAhead = 'there' | 'reshaped' | 'rewritten' | 'none';
