import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { unlessRefused } from '../mysql/errors.js';
import { filePatterns } from '../mysql/file-names.js';
import type { Session } from '../mysql/session.js';
import { escapeLike, quoteName, quoteTable, type TableName, tableLabel } from '../sql/names.js';
import { readShape, type TableShape } from '../table/shape.js';
import { nearest } from '../text/nearest.js';
import { present } from '../util/present.js';
import { limitedSelect, listsViewsByTable, rowVersionLimit } from './capabilities.js';
import { type ForeignKey, readForeignKeys } from './foreign-keys.js';
import type { ServerFacts } from './server.js';

export interface RowCount {
  count: number;
  /** False: the server's estimate, which can be off by a factor of two. */
  exact: boolean;
}

export interface TableSize {
  dataBytes?: number;
  indexBytes?: number;
  /** Data, indexes and what is free between them: about the size of the file. */
  fileBytes?: number;
}

export interface TableFacts extends TableShape {
  name: TableName;
  engine: string;
  rows?: RowCount;
  size: TableSize;
  /** Foreign keys of this table, and those of other tables (or itself) that point at it. */
  foreignKeys: { outgoing: readonly ForeignKey[]; incoming: readonly ForeignKey[] };
  triggers: readonly Trigger[];
  /** Views over this table; absent where the server could not tell in time. */
  views?: readonly View[];
  partitioned: boolean;
  /** MySQL 8.0.29 and up: how many INSTANT changes of columns the rows carry (limit 64, from 9.1 on 255). */
  rowVersions?: number;
}

/**
 * Everything about one table, at a cost that depends neither on its rows (a count is limited in time) nor on
 * how many tables the server has.
 * @throws {Fault} exit code 2 where there is no such table, or it is a view.
 */
export async function inspectTable(
  session: Session,
  server: ServerFacts,
  asked: TableName,
): Promise<TableFacts> {
  const base = await readBase(session, asked);
  // Where names have no case (lower_case_table_names) the server's own spelling is the one that everybody means.
  const table: TableName = { schema: base.schema, name: base.name };
  const size = sizeOf(base);
  const shape = await readShape(session, table);
  const views = await readViews(session, server, table);
  const rows = await readRowCount(session, server, table, size, base.rows);
  return present({
    name: table,
    engine: base.engine ?? 'unknown',
    ...shape,
    rows,
    size,
    foreignKeys: await readForeignKeys(session, server, table),
    triggers: await readTriggers(session, table),
    views,
    partitioned: (base.options ?? '').includes('partitioned'),
    rowVersions: await readRowVersions(session, server, table),
  });
}

interface BaseRow extends TableName {
  type: string;
  engine: string | null;
  /** An estimate; absent if the engine keeps none. */
  rows: number | null;
  dataLength: number | null;
  indexLength: number | null;
  dataFree: number | null;
  options: string | null;
}

async function readBase(session: Session, table: TableName): Promise<BaseRow> {
  const [row] = await session.rows<BaseRow>(
    `SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS name, TABLE_TYPE AS type, ENGINE AS engine, TABLE_ROWS AS \`rows\`, DATA_LENGTH AS dataLength,
            INDEX_LENGTH AS indexLength, DATA_FREE AS dataFree, CREATE_OPTIONS AS options
       FROM information_schema.TABLES WHERE TABLE_SCHEMA=? AND TABLE_NAME=?`,
    [table.schema, table.name],
  );
  if (row === undefined) throw await noSuchTable(session, table);
  // MariaDB calls tables with a history of their rows by a type of their own.
  if (!['BASE TABLE', 'SYSTEM VERSIONED'].includes(row.type)) {
    throw new Fault(`${tableLabel(table)} is a ${row.type.toLowerCase()}, not a table.`, {
      id: 'not-a-table',
      exitCode: exitCodes.usage,
      next: 'Name the table itself.',
    });
  }
  return row;
}

/** Of what is not there, or cannot be seen. */
export const absentIds = { table: 'no-such-table', schema: 'no-such-schema' } as const;

async function noSuchTable(session: Session, { schema, name }: TableName): Promise<Fault> {
  const namesFrom = async (from: string, values: readonly string[] = []) =>
    (await session.rows<{ name: string }>(`SELECT ${from}`, values)).map((row) => row.name);
  const tables = 'TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=? LIMIT 10000';
  const schemas = await namesFrom('SCHEMA_NAME AS name FROM information_schema.SCHEMATA');
  const known = schemas.includes(schema);
  const near = known ? nearest(name, await namesFrom(tables, [schema])) : nearest(schema, schemas);
  const what = known ? `There is no table ${name} in the schema ${schema}` : `There is no schema ${schema}`;
  const hint =
    near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'Check the name and the grants of the account.';
  return new Fault(`${what}, or this account may not see it.`, {
    id: known ? absentIds.table : absentIds.schema,
    exitCode: exitCodes.usage,
    next: hint,
  });
}

function sizeOf({ dataLength, indexLength, dataFree }: BaseRow): TableSize {
  const fileBytes = dataLength === null ? undefined : dataLength + (indexLength ?? 0) + (dataFree ?? 0);
  return present({ dataBytes: dataLength, indexBytes: indexLength, fileBytes });
}

/** Up to here a count takes well under a second (100 to 250 ms a million rows, warm). */
const countBelowBytes = 200 * 1024 * 1024;
const countLimitMs = 2_000;

/**
 * Counts a small table within a time limit; of a large one gives the estimate, and so of one whose count is cut off or
 * queued behind a lock.
 */
async function readRowCount(
  session: Session,
  server: ServerFacts,
  table: TableName,
  size: TableSize,
  estimate: number | null,
): Promise<RowCount | undefined> {
  const isSmall = (size.fileBytes ?? 0) <= countBelowBytes;
  const select = limitedSelect(server, countLimitMs, `COUNT(*) AS count FROM ${quoteTable(table)}`);
  const [row] = (isSmall && (await unlessRefused(session.rows<{ count: number }>(select)))) || [];
  if (row !== undefined) return { count: Number(row.count), exact: true };
  return estimate === null ? undefined : { count: estimate, exact: false };
}

/**
 * INNODB_TABLES takes a metadata lock on every table of the server in turn, so the look is cut off after a
 * third of a second; then the limit shows itself as error 4092 when the ALTER runs. It needs PROCESS.
 */
async function readRowVersions(
  session: Session,
  server: ServerFacts,
  table: TableName,
): Promise<number | undefined> {
  if (rowVersionLimit(server) === undefined) return undefined;
  const what =
    'MAX(TOTAL_ROW_VERSIONS) AS versions FROM information_schema.INNODB_TABLES WHERE NAME LIKE ? OR NAME LIKE ?';
  const select = limitedSelect(server, 300, what);
  const rows = await unlessRefused(session.rows<{ versions: number | null }>(select, filePatterns(table)));
  return rows?.[0]?.versions ?? undefined;
}

interface Trigger {
  name: string;
  /** `BEFORE INSERT` … */
  when: string;
  statement: string;
}

interface View extends TableName {
  definition: string;
}

async function readTriggers(session: Session, table: TableName): Promise<Trigger[]> {
  return session.rows<Trigger>(
    `SELECT TRIGGER_NAME AS name, CONCAT(ACTION_TIMING, ' ', EVENT_MANIPULATION) AS \`when\`,
            ACTION_STATEMENT AS statement
       FROM information_schema.TRIGGERS
      WHERE TRIGGER_SCHEMA=? AND EVENT_OBJECT_SCHEMA=? AND EVENT_OBJECT_TABLE=?`,
    [table.schema, table.schema, table.name],
  );
}

/**
 * Views over the table. MySQL 8.0.13 and later keep them by table; older servers and MariaDB have to look through
 * the schema's views, so the look is limited in time.
 * @returns undefined if the server could not tell
 */
function readViews(session: Session, server: ServerFacts, table: TableName): Promise<View[] | undefined> {
  const select = 'v.TABLE_SCHEMA AS `schema`, v.TABLE_NAME AS name, v.VIEW_DEFINITION AS definition';
  const [from, name] = listsViewsByTable(server)
    ? [
        `information_schema.VIEW_TABLE_USAGE u
           JOIN information_schema.VIEWS v ON v.TABLE_SCHEMA=u.VIEW_SCHEMA AND v.TABLE_NAME=u.VIEW_NAME
          WHERE u.TABLE_SCHEMA=? AND u.TABLE_NAME=?`,
        table.name,
      ]
    : [
        'information_schema.VIEWS v WHERE v.TABLE_SCHEMA=? AND v.VIEW_DEFINITION LIKE ?',
        `%${escapeLike(quoteName(table.name))}%`,
      ];
  return unlessRefused(
    session.rows<View>(limitedSelect(server, 1_000, `${select} FROM ${from}`), [table.schema, name]),
  );
}
