import { escapeRegExp, isSameName, quoteName, type TableName } from '../../../sql/names.js';
import type { Obstacle } from '../../engine.js';
import { namesTaken, shadowTables, stampedOldTable } from '../tables/names.js';
import { type GhostFacts, obstaclesOf } from './facts.js';

/**
 * What the server and the account lack. gh-ost itself looks at log_bin, format and image only; with the other binlog
 * settings it loses changes, or waits for ever.
 */
export function serverObstacles(facts: GhostFacts): Obstacle[] {
  const { server, busy, account, table } = facts;
  const { enabled, format, rowImage, partialJson, compressed } = server.binlog;
  const { readOnly, galera } = server.topology;
  const reconnect = ', and let the application reconnect.';
  const log = 'The server writes no binlog, from which gh-ost learns of changes.';
  const whole = `binlog_row_image is ${rowImage}; gh-ost needs whole rows.`;
  const json = 'binlog_row_value_options has PARTIAL_JSON, which gh-ost cannot read.';
  const zipped = 'Transactions are written to the binlog compressed: gh-ost waits for them without end.';
  const plain = 'SET GLOBAL binlog_transaction_compression=OFF (MariaDB: log_bin_compress)';
  const cluster =
    'The server is a node of a Galera cluster, where the LOCK TABLES of the cut-over holds on one node only.';
  const lacking = `${account} lacks privileges on ${table.name.schema}, or has them through a role, which gh-ost does not see.`;
  const isOther = (value: string | undefined, needed: string) =>
    enabled && value !== undefined && value !== needed;
  return obstaclesOf('environment', [
    [!enabled, 'ghost-binlog-off', log, 'Start it with log_bin.'],
    [
      isOther(format, 'ROW'),
      'ghost-binlog-format',
      `binlog_format is ${format}; gh-ost needs ROW.`,
      `SET GLOBAL binlog_format='ROW'${reconnect}`,
    ],
    [
      isOther(rowImage, 'FULL'),
      'ghost-binlog-row-image',
      whole,
      `SET GLOBAL binlog_row_image='FULL'${reconnect}`,
    ],
    [
      enabled && partialJson,
      'ghost-binlog-partial-json',
      json,
      `SET GLOBAL binlog_row_value_options=''${reconnect}`,
    ],
    [enabled && compressed, 'ghost-binlog-compressed', zipped, `${plain}${reconnect}`],
    [readOnly, 'ghost-read-only', 'The server is read-only.', 'Connect to the primary.'],
    [galera, 'ghost-galera', cluster],
    [!hasPrivileges(facts), 'ghost-privileges', lacking, grant(facts)],
    [
      busy !== undefined,
      'ghost-busy',
      `Another change of the table is under way: ${busy}.`,
      'Wait for its end, or end it.',
    ],
  ]);
}

const privileges = [
  ...['ALTER', 'CREATE', 'DELETE', 'DROP', 'INDEX', 'INSERT', 'LOCK TABLES', 'SELECT', 'TRIGGER', 'UPDATE'],
] as const;

/**
 * gh-ost looks for words in the text of the grants, one row at a time (go/logic/inspect.go): it does not see what a
 * role gives, nor a pattern of schemas other than `my\_schema` with ALL.
 */
function hasPrivileges({ grants, table }: GhostFacts): boolean {
  const everywhere = grants.filter((text) => text.includes(' ON *.*'));
  const onAll = (word: string) => everywhere.some((text) => text.includes(word));
  if (onAll('GRANT ALL PRIVILEGES')) return true;
  const { schema } = table.name;
  const whole = [schema, schema.replaceAll('_', '\\_')].map(
    (name) => `GRANT ALL PRIVILEGES ON \`${name}\`.*`,
  );
  const onSchema = grants.some(
    (text) =>
      whole.some((start) => text.includes(start)) ||
      ((text.includes(' ON *.*') || text.includes(` ON \`${schema}\`.*`)) &&
        privileges.every((privilege) => text.includes(privilege))),
  );
  return onSchema && onAll('REPLICATION SLAVE') && (onAll('SUPER') || onAll('REPLICATION CLIENT'));
}

function grant({ account, table }: GhostFacts): string {
  const onSchema = `GRANT ${privileges.join(', ')} ON ${quoteName(table.name.schema)}.* TO ${account}`;
  return `GRANT REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO ${account}; ${onSchema}`;
}

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
  const [why] = [
    !/^[\w.~-]+$/.test(schema) && `it cannot use a schema called ${schema}`,
    /[`'"\\%]/.test(name) && `it cannot use a table called ${name}`,
    column && `it cannot use a column called ${column.name}`,
    isCutBadly(name) && `it cuts the names of its tables by bytes, and ${name} in the middle of a character`,
  ].filter(Boolean);
  return obstaclesOf('danger', [[Boolean(why), 'ghost-name', `gh-ost does not quote every name: ${why}.`]]);
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
  const { id, text, next } = namesTaken(found.map((name) => `${table.name.schema}.${name}`));
  return obstaclesOf('environment', [[found.length > 0, id, text, `${next}.`]]);
}

function likePattern(name: string): RegExp {
  const source = escapeRegExp(name).replaceAll('_', '.');
  return new RegExp(`^${source}$`, 'isu');
}

/** gh-ost compares names in the binlog without regard to case: rows of the other table would get into the copy. */
function twins({ table, neighbours, server }: GhostFacts): Obstacle[] {
  const own = table.name.name;
  const twin = neighbours.find((name) => name !== own && isSameName(name, own));
  const text = `There is a table ${twin} beside ${own}: gh-ost would apply its changes to the copy.`;
  const applies = twin !== undefined && server.caseSensitiveNames;
  return obstaclesOf('danger', [[applies, 'ghost-case-twin', text, 'Rename one of the two.']]);
}
