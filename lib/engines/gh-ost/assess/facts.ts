import type { ServerFacts } from '../../../inspect/server.js';
import type { TableFacts } from '../../../inspect/table.js';
import type { AlterStatement } from '../../../sql/statement.js';
import type { KeyedShape } from '../../../table/shared-key.js';
import type { Obstacle } from '../../engine.js';

export interface GhostFacts {
  /** As gh-ost would get it: where a RENAME COLUMN was rewritten, with the CHANGE in its place. */
  statement: Pick<AlterStatement, 'spec' | 'clauses' | 'renames' | 'references'>;
  table: Pick<
    TableFacts,
    'name' | 'engine' | 'columns' | 'definition' | 'indexes' | 'foreignKeys' | 'triggers'
  >;
  /** What the probe has found the table to be afterwards; absent where it was switched off. */
  after?: KeyedShape;
  server: Pick<ServerFacts, 'binlog' | 'topology' | 'caseSensitiveNames'>;
  /** Of new sessions (@@GLOBAL.sql_mode): gh-ost does not set its own. */
  sqlMode: string;
  /** The server's time zone is UTC, all the year round. */
  utc: boolean;
  /** Tables of the schema that could be in the way; `neighbourQuery` finds them. More do no harm. */
  neighbours: readonly string[];
  /** The rows of SHOW GRANTS FOR CURRENT_USER(), as text: gh-ost looks for words in them. */
  grants: readonly string[];
  /** `'user'@'host'`, for the GRANT that would help. */
  account: string;
  /** Who works on the table already, as in `connection 42 holds the lock of gh-ost`. */
  busy?: string;
}

/** Something that would stand in gh-ost's way: whether it does, its id, what it is, and what to do. */
export type Finding = readonly [applies: boolean, id: string, text: string, next?: string | undefined];

/** Those that apply. */
export function obstaclesOf(kind: Obstacle['kind'], findings: readonly Finding[]): Obstacle[] {
  return findings.flatMap(([applies, id, text, next]) =>
    applies ? [{ id, text, kind, ...(next !== undefined && { next }) }] : [],
  );
}
