import type { Session } from '../mysql/session.js';
import { quoteTable, type TableName } from '../sql/names.js';
import { present } from '../util/present.js';

export interface Column {
  name: string;
  /** As declared: `varchar(64)`, `int unsigned`, `enum('a','b')`. */
  type: string;
  /** `varchar`, `int`, `enum`. */
  dataType: string;
  charset?: string;
  collation?: string;
  nullable: boolean;
  default?: string;
  extra: string;
  generated: boolean;
  comment: string;
}

export interface IndexPart {
  /** Absent: the part is an expression. */
  column?: string;
  expression?: string;
  /** Length of a prefix, in characters. */
  prefix?: number;
  nullable: boolean;
  descending: boolean;
}

export interface Index {
  name: string;
  unique: boolean;
  /** `BTREE`, `FULLTEXT`, `SPATIAL`, `HASH` */
  type: string;
  parts: readonly IndexPart[];
  /** Estimated distinct values of the whole key. */
  cardinality?: number;
}

/** What a table looks like, whatever rows it has. */
export interface TableShape {
  /** SHOW CREATE TABLE, word for word. */
  definition: string;
  columns: readonly Column[];
  indexes: readonly Index[];
}

/** Three statements, each of which touches this one table. */
export async function readShape(session: Session, table: TableName): Promise<TableShape> {
  return {
    definition: await readDefinition(session, table),
    columns: await readColumns(session, table),
    indexes: await readIndexes(session, table),
  };
}

export async function readDefinition(session: Session, table: TableName): Promise<string> {
  const [row] = await session.rows<Record<string, string>>(`SHOW CREATE TABLE ${quoteTable(table)}`);
  return row?.['Create Table'] ?? row?.['Create View'] ?? '';
}

type ColumnRow = Omit<Column, 'nullable' | 'generated'> & { nullable: string; expression: string | null };

export async function readColumns(session: Session, table: TableName): Promise<Column[]> {
  const rows = await session.rows<ColumnRow>(
    `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type, LOWER(DATA_TYPE) AS dataType, CHARACTER_SET_NAME AS charset,
            COLLATION_NAME AS collation, IS_NULLABLE AS nullable, COLUMN_DEFAULT AS \`default\`, EXTRA AS extra,
            GENERATION_EXPRESSION AS expression, COLUMN_COMMENT AS comment
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=? AND TABLE_NAME=? ORDER BY ORDINAL_POSITION`,
    [table.schema, table.name],
  );
  return rows.map(({ expression, ...row }) =>
    present({ ...row, nullable: row.nullable === 'YES', generated: (expression ?? '') !== '' }),
  );
}

/** Its names are upper case on every server. */
interface StatisticsRow {
  INDEX_NAME: string;
  NON_UNIQUE: number;
  INDEX_TYPE: string;
  COLUMN_NAME: string | null;
  SUB_PART: number | null;
  NULLABLE: string;
  COLLATION: string | null;
  CARDINALITY: number | null;
  EXPRESSION?: string | null;
}

async function readIndexes(session: Session, table: TableName): Promise<Index[]> {
  // `*` because EXPRESSION exists in MySQL 8.0.13 and later only, and naming a missing column is an error.
  const rows = await session.rows<StatisticsRow>(
    `SELECT * FROM information_schema.STATISTICS WHERE TABLE_SCHEMA=? AND TABLE_NAME=? ORDER BY INDEX_NAME, SEQ_IN_INDEX`,
    [table.schema, table.name],
  );
  const indexes = new Map<string, Index>();
  for (const row of rows) {
    const name = row.INDEX_NAME;
    const index = present({
      name,
      unique: Number(row.NON_UNIQUE) === 0,
      type: row.INDEX_TYPE,
      parts: [...(indexes.get(name)?.parts ?? []), partOf(row)],
      cardinality: row.CARDINALITY === null ? undefined : Number(row.CARDINALITY),
    });
    indexes.set(name, index);
  }
  return [...indexes.values()];
}

function partOf(row: StatisticsRow): IndexPart {
  return present({
    column: row.COLUMN_NAME,
    expression: row.EXPRESSION,
    prefix: row.SUB_PART === null ? undefined : Number(row.SUB_PART),
    nullable: row.NULLABLE === 'YES',
    descending: row.COLLATION === 'D',
  });
}
