import { unlessRefused } from '../../../mysql/errors.js';
import type { Session } from '../../../mysql/session.js';
import { quoteTable, type TableName } from '../../../sql/names.js';
import { shadowTables, stampedOldTable } from './names.js';

/** Tables of gh-ost beside one table, as they are now. */
export interface Leftovers {
  ghost?: string;
  changelog?: string;
  checkpoint?: string;
  /** Empty tables with which gh-ost reserves the old table's name during a cut-over. */
  sentries: readonly string[];
  /** Old tables, kept after a cut-over. */
  old: readonly string[];
}

/** gh-ost's word for an empty table that reserves a name (gh-ost go/logic/applier.go). */
export const sentryComment = 'ghost-cut-over-sentry';

export async function readLeftovers(session: Session, table: TableName): Promise<Leftovers> {
  const names = shadowTables(table.name);
  const rows = await session.rows<{ name: string; comment: string }>(
    `SELECT TABLE_NAME AS name, TABLE_COMMENT AS comment FROM information_schema.TABLES
      WHERE TABLE_SCHEMA=? AND (TABLE_NAME IN (?, ?, ?, ?) OR TABLE_NAME LIKE ?)`,
    [table.schema, names.ghost, names.changelog, names.checkpoint, names.old, '\\_%\\_del'],
  );
  const present = (name: string) => rows.some((row) => row.name === name);
  const olds = rows.filter(({ name }) => isOldName(name, table.name));
  return {
    ...(present(names.ghost) && { ghost: names.ghost }),
    ...(present(names.changelog) && { changelog: names.changelog }),
    ...(present(names.checkpoint) && { checkpoint: names.checkpoint }),
    sentries: olds.filter(({ comment }) => comment === sentryComment).map(({ name }) => name),
    old: olds.filter(({ comment }) => comment !== sentryComment).map(({ name }) => name),
  };
}

/** `_t_del`, or with --timestamp-old-table `_t_20261122205733_del`; after a revert `_t_20261122205733_rev_del`. */
export function isOldName(name: string, table: string): boolean {
  if (name === shadowTables(table).old) return true;
  const stamp = /_(\d{14}(?:_rev)?)_del$/.exec(name)?.[1];
  return stamp !== undefined && name === stampedOldTable(table, stamp);
}

/**
 * Drops what a run of ours made and did not end: the shadow table, its changelog and checkpoints, and its sentry.
 * Never a former original.
 * @param others what is not ours, whatever its name
 * @param options the name of our sentry, for tables whose long names begin alike may have another of the same look; when
 *   `hurry` is aborted nothing more is dropped
 * @returns what is left, as `schema.table`
 */
export async function dropShadows(
  session: Session,
  table: TableName,
  others: Leftovers,
  { sentry, hurry }: { sentry?: string | undefined; hurry?: AbortSignal | undefined } = {},
): Promise<string[]> {
  const left: string[] = [];
  for (const name of await ours(session, table, others, sentry)) {
    const isGone = !hurry?.aborted && (await drop(session, { schema: table.schema, name }));
    if (!isGone) left.push(`${table.schema}.${name}`);
  }
  return left;
}

/** What stands there of a run, as `schema.table`, and stays. */
export async function shadowsThere(session: Session, table: TableName, others: Leftovers): Promise<string[]> {
  return (await ours(session, table, others)).map((name) => `${table.schema}.${name}`);
}

async function ours(
  session: Session,
  table: TableName,
  others: Leftovers,
  sentry?: string,
): Promise<string[]> {
  const now = await readLeftovers(session, table);
  const isOurSentry = (name: string) => name === sentry && !others.sentries.includes(name);
  return [...ownShadows(now, others), ...now.sentries.filter(isOurSentry)];
}

/** Of these tables the names of those that are not somebody else's. */
export function ownShadows(
  { ghost, changelog, checkpoint }: Pick<Leftovers, 'ghost' | 'changelog' | 'checkpoint'>,
  others: Leftovers,
): string[] {
  return [
    others.ghost === undefined ? ghost : undefined,
    others.changelog === undefined ? changelog : undefined,
    others.checkpoint === undefined ? checkpoint : undefined,
  ].filter((name) => name !== undefined);
}

async function drop(session: Session, table: TableName): Promise<boolean> {
  const dropped = await unlessRefused(session.execute(`DROP TABLE IF EXISTS ${quoteTable(table)}`));
  return dropped !== undefined;
}
