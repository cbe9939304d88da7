import type { Session } from '../mysql/session.js';
import { quoteName, quoteTable } from '../sql/names.js';
import type { AlterStatement } from '../sql/statement.js';
import { codeOf, keyword, unmarked } from '../sql/tokens.js';
import { humanCount } from '../text/human.js';
import { type ChangeFacts, lookUp } from './shared/facts.js';
import type { Findings, Hazard } from './shared/hazard.js';

/**
 * DROP PARTITION deletes what the partitions hold (TRUNCATE PARTITION is no schema change, and refused before). It may be
 * accepted, since the statement says so. Whether there are rows at all is looked up.
 */
export const rowsGone: Hazard = {
  id: 'rows-gone',
  level: 'danger',
  async onServer(facts, session) {
    const names = droppedPartitions(facts.statement);
    if (names.length > 0) return rowsOf(names, facts, session);
    const { tracer } = facts.probe;
    if (tracer.kind !== 'known' || !tracer.rowsGone) return undefined;
    return {
      text: 'The change deletes rows: it deleted test rows from the clone on which it was tried.',
      fix,
    };
  },
};

const fix =
  'Look at what the partition holds, and keep a copy if it is needed; there is no way back. Then use --accept rows-gone.';

/** The names after DROP PARTITION. */
function droppedPartitions({ spec }: AlterStatement): string[] {
  const tokens = unmarked(codeOf(spec));
  const at = tokens.findIndex(
    (token, index) => keyword(token) === 'DROP' && keyword(tokens[index + 1]) === 'PARTITION',
  );
  if (at === -1) return [];
  const rest = tokens.slice(at + 2);
  const isConditional = keyword(rest[0]) === 'IF' && keyword(rest[1]) === 'EXISTS';
  return rest.slice(isConditional ? 2 : 0).flatMap((token) => {
    if (token.kind === 'quoted-name') return [token.text.slice(1, -1).replaceAll('``', '`')];
    return token.kind === 'word' ? [token.text] : [];
  });
}

async function rowsOf(names: readonly string[], facts: ChangeFacts, session: Session): Promise<Findings> {
  const { table, server } = facts;
  const label = names.join(', ');
  const some = await lookUp<object>(
    session,
    server,
    `1 AS one FROM ${quoteTable(table.name)} PARTITION (${names.map(quoteName).join(', ')}) LIMIT 1`,
  );
  if (some === undefined) {
    return {
      level: 'unknown',
      text: `The rows of ${label} would be deleted; whether there are any could not be determined.`,
      fix: 'Look at what the partition holds first.',
    };
  }
  if (some.length === 0) return undefined;
  const count = await estimateRows(names, facts, session);
  const about = count === undefined ? '' : `, about ${humanCount(count)}`;
  return {
    text: `The rows of ${label} would be deleted${about}.`,
    ...(count !== undefined && { count }),
    fix,
  };
}

/** By the statistics; undefined if they know of none, although there are rows. */
async function estimateRows(
  names: readonly string[],
  { table, server }: ChangeFacts,
  session: Session,
): Promise<number | undefined> {
  const partitions = await lookUp<{ name: string; rows: number | string | null }>(
    session,
    server,
    `PARTITION_NAME AS name, SUM(TABLE_ROWS) AS \`rows\` FROM information_schema.PARTITIONS
      WHERE TABLE_SCHEMA=? AND TABLE_NAME=? GROUP BY PARTITION_NAME`,
    [table.name.schema, table.name.name],
  );
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const found = (partitions ?? []).filter(({ name }) => wanted.has(name.toLowerCase()));
  return found.reduce((sum, { rows }) => sum + Number(rows ?? 0), 0) || undefined;
}
