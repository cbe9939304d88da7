import type { Estimate, PlannedAlter, Rename } from '../../documents/plan.js';
import { limitedSelect } from '../../inspect/capabilities.js';
import type { BinlogRetention, FreeSpace } from '../../inspect/disk.js';
import type { ServerFacts } from '../../inspect/server.js';
import type { TableFacts } from '../../inspect/table.js';
import { unlessRefused } from '../../mysql/errors.js';
import type { Session } from '../../mysql/session.js';
import type { Probe } from '../../probe/probe.js';
import { isSameName, named } from '../../sql/names.js';
import type { AlterStatement } from '../../sql/statement.js';
import type { Column, Index } from '../../table/shape.js';
import { counted } from '../../text/human.js';

/** What a check knows. */
export interface CheckFacts {
  server: ServerFacts;
  /** The table before the change: if an earlier statement of the same file changes it, as that statement will leave it. */
  table: TableFacts;
  statement: AlterStatement;
  probe: Probe | { kind: 'off' };
  /** Columns that it empties together with earlier statements of the same file. */
  emptied?: readonly string[];
}

/** The facts of a change that the probe has applied, so that its effect is known. */
export interface ChangeFacts extends CheckFacts {
  probe: Extract<Probe, { kind: 'applies' }>;
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

type Followed = Pick<ChangeFacts, 'statement' | 'probe'>;

/** A column that exists before and after the change, under the same name or another. */
export interface ColumnPair {
  before: Column;
  after: Column;
}

/** The columns that keep their values. One that is dropped and added again under the same name is another column. */
export function columnPairs(facts: Followed): ColumnPair[] {
  return pairsByName(facts).filter(
    ({ before, after }) => !isSameName(before.name, after.name) || !isDropped(facts.statement, before.name),
  );
}

/** The columns that the application finds before and after, with whatever values. */
export function pairsByName(facts: Followed): ColumnPair[] {
  const { before, after } = facts.probe;
  const renames = renamesOf(facts);
  return before.columns.flatMap((column) => {
    const renamed = renames.find(({ from }) => isSameName(from, column.name))?.to;
    const isTaken = renames.some(({ to }) => isSameName(to, column.name));
    if (renamed === undefined && isTaken) return [];
    const now = named(after.columns, renamed ?? column.name);
    return now === undefined ? [] : [{ before: column, after: now }];
  });
}

/** Those that the statement declares, and those that only the values show. */
export function renamesOf({ statement, probe: { before, after, tracer } }: Followed): Rename[] {
  const declared = statement.renames;
  const traced = tracer.kind === 'known' ? tracer.renames : [];
  const isDeclared = ({ from, to }: Rename) =>
    declared.some((rename) => isSameName(rename.from, from) || isSameName(rename.to, to));
  return [...declared, ...traced.filter((rename) => !isDeclared(rename))].filter(
    ({ from, to }) => named(before.columns, from) && named(after.columns, to),
  );
}

function isDropped({ clauses }: AlterStatement, name: string): boolean {
  return clauses.some(({ text }) => {
    const [, quoted, bare = ''] =
      /^DROP (?:COLUMN )?(?:IF EXISTS )?(?:`((?:[^`]|``)+)`|([^\s`]+))(?: RESTRICT| CASCADE)?$/i.exec(text) ??
      [];
    return isSameName(quoted?.replaceAll('``', '`') ?? bare, name);
  });
}

/** `a, b(10), c DESC`. */
export function partsLabel({ parts }: Index): string {
  const labels = parts.map(({ column, expression = '?', prefix, descending }) => {
    const length = prefix === undefined ? '' : `(${prefix})`;
    return `${column ?? expression}${length}${descending ? ' DESC' : ''}`;
  });
  return labels.join(', ');
}

/** `by_email (email)` */
export function indexLabel(index: Index): string {
  return `${index.name} (${partsLabel(index)})`;
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
  { server }: Pick<CheckFacts, 'server'>,
  what: string,
  values: readonly unknown[] = [],
): Promise<Row[] | undefined> {
  return unlessRefused(session.rows<Row>(limitedSelect(server, lookUpLimitMs, what), values));
}
