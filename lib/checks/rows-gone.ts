import type { Check } from '../documents/plan.js';
import type { Session } from '../mysql/session.js';
import { keyword } from '../sql/cursor.js';
import { lex } from '../sql/lexer.js';
import { quoteName, quoteTable } from '../sql/names.js';
import type { AlterStatement } from '../sql/statement.js';
import { humanCount } from '../text/human.js';
import { type ChangeFacts, look } from './check-facts.js';

/**
 * DROP PARTITION deletes what the partitions hold (TRUNCATE PARTITION is no change of a schema, and refused before). It
 * may be accepted: it is what the statement says. Whether there are rows at all is looked at.
 */
export async function rowsGone(facts: ChangeFacts, session: Session): Promise<Check[]> {
  const names = partitionsGone(facts.statement);
  if (names.length > 0) return ofPartitions(facts, names, session);
  const { tracer } = facts.probe;
  if (tracer.kind !== 'known' || !tracer.rowsGone) return [];
  return [danger('The change deletes rows: those that were put on trial were gone after it.')];
}

/** The names after DROP PARTITION. */
function partitionsGone({ spec }: AlterStatement): string[] {
  const tokens = lex(spec).filter(({ kind }) => !['comment', 'code-open', 'code-close'].includes(kind));
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

async function ofPartitions(
  { table, server }: ChangeFacts,
  names: readonly string[],
  session: Session,
): Promise<Check[]> {
  const where = names.join(', ');
  const partitions = names.map(quoteName).join(', ');
  const found = await look<object>(
    session,
    server,
    `1 AS one FROM ${quoteTable(table.name)} PARTITION (${partitions}) LIMIT 1`,
    [],
  );
  if (found === undefined) {
    const text = `What ${where} holds would be deleted; whether there are rows could not be seen.`;
    return [{ id: 'rows-gone', level: 'unknown', text, fix: 'Look at what the partition holds first.' }];
  }
  if (found.length === 0) return [];
  const rows = await estimate({ table, server }, names, session);
  return [
    danger(
      `The rows of ${where} would be deleted${rows === undefined ? '' : `, about ${humanCount(rows)}`}.`,
      rows,
    ),
  ];
}

/** As the statistics say; absent where they say nothing, although there are rows. */
async function estimate(
  { table, server }: Pick<ChangeFacts, 'table' | 'server'>,
  names: readonly string[],
  session: Session,
): Promise<number | undefined> {
  const partitions = await look<{ name: string; rows: number | string | null }>(
    session,
    server,
    `PARTITION_NAME AS name, SUM(TABLE_ROWS) AS \`rows\` FROM information_schema.PARTITIONS
      WHERE TABLE_SCHEMA=? AND TABLE_NAME=? GROUP BY PARTITION_NAME`,
    [table.name.schema, table.name.name],
  );
  const asked = new Set(names.map((name) => name.toLowerCase()));
  const counted = (partitions ?? []).filter(({ name }) => asked.has(name.toLowerCase()));
  const sum = counted.reduce((total, { rows }) => total + Number(rows ?? 0), 0);
  return sum === 0 ? undefined : sum;
}

function danger(text: string, count?: number): Check {
  return {
    id: 'rows-gone',
    level: 'danger',
    text,
    ...(count !== undefined && { count }),
    fix: 'Look at what the partition holds, and keep a copy of it where it is wanted; there is no way back. Then say --accept rows-gone.',
  };
}
