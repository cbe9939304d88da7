import type { Session } from '../mysql/session.js';
import { quoteTable, type TableName } from '../sql/names.js';

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

interface ColumnRow {
  name: string;
  type: string;
  dataType: string;
  charset: string | null;
  collation: string | null;
  nullable: string;
  default: string | null;
  extra: string;
  expression: string | null;
  comment: string;
}

export async function readColumns(session: Session, table: TableName): Promise<Column[]> {
  const rows = await session.rows<ColumnRow>(
    `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type, DATA_TYPE AS dataType, CHARACTER_SET_NAME AS charset,
            COLLATION_NAME AS collation, IS_NULLABLE AS nullable, COLUMN_DEFAULT AS \`default\`, EXTRA AS extra,
            GENERATION_EXPRESSION AS expression, COLUMN_COMMENT AS comment
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=? AND TABLE_NAME=? ORDER BY ORDINAL_POSITION`,
    [table.schema, table.name],
  );
  return rows.map((row) => ({
    name: row.name,
    type: row.type,
    dataType: row.dataType.toLowerCase(),
    ...(row.charset !== null && { charset: row.charset }),
    ...(row.collation !== null && { collation: row.collation }),
    nullable: row.nullable === 'YES',
    ...(row.default !== null && { default: row.default }),
    extra: row.extra,
    generated: (row.expression ?? '') !== '',
    comment: row.comment,
  }));
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
    const { parts = [], ...index } = indexes.get(row.INDEX_NAME) ?? {
      name: row.INDEX_NAME,
      unique: Number(row.NON_UNIQUE) === 0,
      type: row.INDEX_TYPE,
    };
    indexes.set(row.INDEX_NAME, {
      ...index,
      parts: [...parts, partOf(row)],
      ...(row.CARDINALITY !== null && { cardinality: Number(row.CARDINALITY) }),
    });
  }
  return [...indexes.values()];
}

function partOf(row: StatisticsRow): IndexPart {
  return {
    ...(row.COLUMN_NAME !== null && { column: row.COLUMN_NAME }),
    ...(typeof row.EXPRESSION === 'string' && { expression: row.EXPRESSION }),
    ...(row.SUB_PART !== null && { prefix: Number(row.SUB_PART) }),
    nullable: row.NULLABLE === 'YES',
    descending: row.COLLATION === 'D',
  };
}
