import type { PlannedAlter, RevertTo } from '../../../documents/plan.js';
import type { KeptTable } from '../../../documents/record.js';
import { exitCodes } from '../../../exit-code.js';
import { Fault } from '../../../fault.js';
import { isServerError } from '../../../mysql/errors.js';
import { type Session, withSession } from '../../../mysql/session.js';
import { quoteName, quoteTable, type TableName, tableLabel } from '../../../sql/names.js';
import { readShape } from '../../../table/shape.js';
import { chooseSharedKey } from '../../../table/shared-key.js';
import { asItWas } from '../../../text/labels.js';
import type { GhostContext } from '../context.js';
import { readLeftovers } from './leftovers.js';
import { shadowTables } from './names.js';

/**
 * Makes the checkpoint from which gh-ost begins a revert, and starts it. Where that fails the checkpoint is taken away.
 * @throws {Fault} exit code 11 where the two tables have no key in common; what the server says
 */
export async function startFromCheckpoint<T>(
  { table }: PlannedAlter,
  to: RevertTo,
  { settings: { connection } }: Pick<GhostContext, 'settings'>,
  start: () => Promise<T>,
): Promise<T> {
  const checkpoint = quoteTable({ schema: table.schema, name: shadowTables(table.name).checkpoint });
  const inSession = (use: (session: Session) => Promise<unknown>) =>
    withSession(connection, { lockWaitTimeoutSeconds: 5 }, use);
  await inSession(async (session) => session.execute(await creation(session, checkpoint, table, to)));
  try {
    await inSession((session) => note(session, checkpoint, to));
    return await start();
  } catch (error) {
    // What failed first is what is reported.
    await inSession((session) => session.execute(`DROP TABLE ${checkpoint}`)).catch(() => {});
    throw error;
  }
}

/**
 * The table of checkpoints that gh-ost reads at the beginning of a revert (go/logic/applier.go, CreateCheckpointTable and
 * ReadLastCheckpoint, which reads every column in its place).
 */
async function creation(
  session: Session,
  checkpoint: string,
  table: TableName,
  { name }: RevertTo,
): Promise<string> {
  const now = await readShape(session, table);
  const old = await readShape(session, { schema: table.schema, name });
  const key = chooseSharedKey(now, old);
  if (key === undefined) throw noKey(tableLabel(table), name);
  const ranges = key.before.parts.flatMap((_, at) => [`min_${at}`, `max_${at}`]);
  return `CREATE TABLE ${checkpoint} (gh_ost_chk_id BIGINT AUTO_INCREMENT PRIMARY KEY, gh_ost_chk_timestamp BIGINT,
      gh_ost_chk_coords TEXT CHARSET ascii, gh_ost_chk_iteration BIGINT, gh_ost_rows_copied BIGINT,
      gh_ost_dml_applied BIGINT, gh_ost_is_cutover TINYINT(1) DEFAULT 0,
      ${ranges.map((column) => `${quoteName(column)} VARBINARY(1)`).join(', ')})`;
}

/** Where the binlog was at the cut-over; the ranges of the key are of no use to a revert, and stay NULL. */
async function note(session: Session, checkpoint: string, { coordinates }: RevertTo): Promise<void> {
  await session.rows(
    `INSERT INTO ${checkpoint} (gh_ost_chk_timestamp, gh_ost_chk_coords, gh_ost_chk_iteration, gh_ost_rows_copied,
       gh_ost_dml_applied, gh_ost_is_cutover) VALUES (UNIX_TIMESTAMP(), ?, 0, 0, 0, 1)`,
    [coordinates],
  );
}

function noKey(table: string, old: string): Fault {
  return new Fault(`${table} and ${old} have no unique key in common, along which gh-ost could work.`, {
    id: 'no-shared-key',
    exitCode: exitCodes.environment,
    state: asItWas(table),
    next: 'Make the change back by a statement of its own: alterwise run "ALTER TABLE …".',
  });
}

/** What tells a table that was kept from another one that bears its name later. */
export async function keptTable(
  session: Session,
  oldTable: TableName,
  coordinates: string | undefined,
): Promise<KeptTable> {
  const createdAt = await readCreatedAt(session, oldTable);
  return {
    oldTable,
    ...(createdAt !== undefined && { createdAt }),
    ...(coordinates !== undefined && { coordinates }),
  };
}

/** As the server gives it now; a RENAME changes it on MySQL 5.7 and MariaDB (measured). @returns undefined where there is no such table */
export async function readCreatedAt(
  session: Session,
  { schema, name }: TableName,
): Promise<string | undefined> {
  const [row] = await session.rows<{ createdAt: string | null }>(
    `SELECT CAST(CREATE_TIME AS CHAR) AS createdAt FROM information_schema.TABLES
      WHERE TABLE_SCHEMA=? AND TABLE_NAME=?`,
    [schema, name],
  );
  return row?.createdAt ?? undefined;
}

/**
 * Up to where the binlog is in both tables: gh-ost notes it after the cut-over, and a revert reads on from there.
 * @param earlier those of the cut-over that is reverted, which a revert finds there from the beginning
 */
export async function readCutOverCoordinates(
  session: Session,
  table: TableName,
  earlier = '',
): Promise<string | undefined> {
  const checkpoint = quoteTable({ schema: table.schema, name: shadowTables(table.name).checkpoint });
  try {
    const [row] = await session.rows<{ coordinates: string }>(
      `SELECT gh_ost_chk_coords AS coordinates FROM ${checkpoint} WHERE gh_ost_is_cutover=1
        AND gh_ost_chk_coords<>? ORDER BY gh_ost_chk_id DESC LIMIT 1`,
      [earlier],
    );
    return row?.coordinates;
  } catch (error) {
    if (isServerError(error)) return undefined; // it kept none
    throw error;
  }
}

/** Drops the checkpoints that `readRevertCheckpoint` finds. */
export async function dropRevertCheckpoint(session: Session, table: TableName, to: Noted): Promise<void> {
  const checkpoint = await readRevertCheckpoint(session, table, to);
  if (checkpoint === undefined) return;
  await session.execute(`DROP TABLE ${quoteTable({ schema: table.schema, name: checkpoint })}`);
}

type Noted = Pick<RevertTo, 'coordinates'>;

/**
 * Checkpoints that a run has left which died after its cut-over. They hold exactly the GTID set from which a revert resumes, and
 * nothing else that it needs: it makes new ones. If a shadow table or a changelog is there too, more than that is left.
 * @returns the name of their table
 */
export async function readRevertCheckpoint(
  session: Session,
  table: TableName,
  { coordinates }: Noted,
): Promise<string | undefined> {
  const { ghost, changelog, checkpoint } = await readLeftovers(session, table);
  if (checkpoint === undefined || ghost !== undefined || changelog !== undefined) return undefined;
  return (await readCutOverCoordinates(session, table)) === coordinates ? checkpoint : undefined;
}
