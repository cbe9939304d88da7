import { hasDataDictionary } from '../inspect/capabilities.js';
import type { ServerFacts } from '../inspect/server.js';
import { filePatterns } from '../mysql/file-names.js';
import type { Session } from '../mysql/session.js';
import { escapeLike, type TableName } from '../sql/names.js';

/** What InnoDB calls the parts of a table. */
export interface Storage {
  /** Ids of the tablespaces of the table and its partitions. What is rewritten gets a new one (measured). */
  spaces: ReadonlySet<number>;
  /**
   * Ids of the indexes. One that is built gets a new one. Absent on MySQL 8 and up, where to look at them is to
   * wait for every ALTER on the server.
   */
  indexes?: ReadonlySet<number>;
}

/** Needs PROCESS. INNODB_TABLESPACES takes no metadata locks, unlike INNODB_TABLES and INNODB_INDEXES. */
export async function readStorage(session: Session, server: ServerFacts, table: TableName): Promise<Storage> {
  // INNODB_TABLESPACES spells names as people do, the older dictionary like files.
  const isNew = hasDataDictionary(server);
  const rows = await session.rows<{ space: number; indexId?: number | null }>(
    isNew
      ? 'SELECT SPACE AS space FROM information_schema.INNODB_TABLESPACES WHERE NAME LIKE ? OR NAME LIKE ?'
      : `SELECT t.SPACE AS space, i.INDEX_ID AS indexId
           FROM information_schema.INNODB_SYS_TABLES t
           LEFT JOIN information_schema.INNODB_SYS_INDEXES i ON i.TABLE_ID=t.TABLE_ID
          WHERE t.NAME LIKE ? OR t.NAME LIKE ?`,
    filePatterns(table, isNew ? escapeLike : undefined),
  );
  const spaces = new Set(rows.map(({ space }) => Number(space)));
  const indexes = new Set(rows.flatMap(({ indexId }) => (indexId == null ? [] : [Number(indexId)])));
  return isNew ? { spaces } : { spaces, indexes };
}

/** One went and one came: to add or drop a partition rewrites no other one. */
export function isRewritten(before: Storage, after: Storage): boolean {
  const gone = [...before.spaces].some((space) => !after.spaces.has(space));
  return gone && (hasNew(before.spaces, after.spaces) || after.spaces.size === 0);
}

/** @returns undefined if the server does not show it */
export function hasBuiltIndex(before: Storage, after: Storage): boolean | undefined {
  if (before.indexes === undefined || after.indexes === undefined) return undefined;
  return hasNew(before.indexes, after.indexes);
}

function hasNew(before: ReadonlySet<number>, after: ReadonlySet<number>): boolean {
  return [...after].some((id) => !before.has(id));
}
