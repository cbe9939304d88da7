import type { TableName } from '../../../plan/plan.js';
import { shadowTables, sortOutTaken, stampedOldTable } from '../../tables/names.js';
import type { GhostFacts, Obstacle } from './obstacle.js';

/** Names that gh-ost cannot handle, and tables whose names are taken or close. */
export function nameObstacles(facts: GhostFacts): Obstacle[] {
  return [...unwritable(facts), ...taken(facts), ...twins(facts)];
}

/** The tables that `neighbours` wants, whatever the schema holds. */
export function neighbourQuery({ schema, name }: TableName): { sql: string; values: string[] } {
  const { ghost, changelog, checkpoint } = shadowTables(name);
  return {
    sql: `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA=?
            AND (TABLE_NAME LIKE ? OR TABLE_NAME IN (?, ?) OR LOWER(TABLE_NAME)=LOWER(?))`,
    values: [schema, ghost, changelog, checkpoint, name],
  };
}

/** gh-ost puts names into its statements and its DSN without much ado (go/sql/builder.go, go/cmd/gh-ost/main.go). */
function unwritable({ table }: GhostFacts): Obstacle[] {
  const { schema, name } = table.name;
  const column = table.columns.find((each) => each.name.includes('`'));
  const why = !/^[\w.~-]+$/.test(schema)
    ? `it cannot use a schema called ${schema}`
    : /[`'"\\%]/.test(name)
      ? `it cannot use a table called ${name}`
      : column
        ? `it cannot use a column called ${column.name}`
        : isCutBadly(name)
          ? `it cuts the names of its tables by bytes, and ${name} in the middle of a character`
          : undefined;
  if (why === undefined) return [];
  return [
    {
      id: 'ghost-name',
      text: `gh-ost does not quote every name: ${why}.`,
      next: 'Use --strategy direct.',
      kind: 'danger',
    },
  ];
}

function isCutBadly(name: string): boolean {
  const names = [shadowTables(name).ghost, stampedOldTable(name, '0'.repeat(14))];
  return names.some((each) => each.includes('\ufffd'));
}

/**
 * The copy must not exist; gh-ost searches it with LIKE, so that `_` stands for any character. A changelog or
 * checkpoint table of anybody it drops without asking. The name of the old table gets a timestamp, and is free.
 */
function taken({ table, neighbours }: GhostFacts): Obstacle[] {
  const { ghost, changelog, checkpoint } = shadowTables(table.name.name);
  const pattern = likePattern(ghost);
  const found = neighbours.filter((name) => pattern.test(name) || name === changelog || name === checkpoint);
  if (found.length === 0) return [];
  const names = found.map((name) => `${table.name.schema}.${name}`);
  return [
    {
      id: 'ghost-leftovers',
      text: `gh-ost needs names that are taken: ${names.join(', ')}.`,
      next: `${sortOutTaken}.`,
      kind: 'environment',
    },
  ];
}

function likePattern(name: string): RegExp {
  const source = name.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&').replaceAll('_', '.');
  return new RegExp(`^${source}$`, 'isu');
}

/** gh-ost compares names in the binlog without regard to case: rows of the other table would get into the copy. */
function twins({ table, neighbours, server }: GhostFacts): Obstacle[] {
  const own = table.name.name;
  const twin = neighbours.find((name) => name !== own && name.toLowerCase() === own.toLowerCase());
  if (twin === undefined || !server.caseSensitiveNames) return [];
  return [
    {
      id: 'ghost-case-twin',
      text: `There is a table ${twin} beside ${own}: gh-ost would apply its changes to the copy.`,
      next: 'Rename one of the two, or use --strategy direct.',
      kind: 'danger',
    },
  ];
}
