import type { Session } from '../mysql/session.js';
import { quoteName, quoteTable } from '../sql/names.js';
import { partitionManagement } from '../sql/partition-clause.js';
import type { AlterStatement } from '../sql/statement.js';
import { codeOf, findWords, listed, nameOf, unmarked } from '../sql/tokens.js';
import { readTable } from '../table/definition.js';
import type { Partitioning } from '../table/partitioning.js';
import { humanCount } from '../text/human.js';
import { onRows } from './shared/expressions.js';
import { type ChangeFacts, lookUp, rowsThat } from './shared/facts.js';
import type { Findings, Hazards } from './shared/hazard.js';

export const partitionHazards: Hazards = {
  /**
   * DROP PARTITION deletes what the partitions hold (TRUNCATE PARTITION is no schema change, and refused before). It may be
   * accepted, since the statement says so. Whether there are rows at all is looked up.
   */
  'rows-gone': {
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
  },
  /**
   * Rows for which a new partitioning by RANGE or LIST has no partition. PARTITION BY refuses them (1526). REORGANIZE
   * PARTITION silently deletes them, whatever the sql_mode (measured on MySQL 5.7 to 9.7 and MariaDB). HASH and KEY have a
   * partition for every row. ADD PARTITION takes none away; DROP PARTITION is the hazard `rows-gone`.
   */
  'no-partition': {
    level: 'danger',
    final: true,
    inRows(facts) {
      const managed = partitionManagement(facts.statement.clauses);
      if (managed === 'add' || managed === 'drop') return undefined;
      const [was, scheme] = [facts.probe.before, facts.probe.after].map(
        ({ definition }) => readTable(definition)?.partitioning,
      );
      if (scheme === undefined || scheme.sql === was?.sql) return undefined;
      if (scheme.method !== 'RANGE' && scheme.method !== 'LIST') return undefined;
      const label = `${scheme.method} (${scheme.expression})`;
      const about = `whether every row has a partition by ${label}`;
      const by = onRows(listed(scheme.expression), facts, { bareNames: true });
      if ('why' in by) return { about, why: by.why };
      const offends = offendersOf(scheme, by.sql);
      if (offends === undefined) return undefined;
      const fate = managed === 'copying' ? ', and would be deleted silently' : '';
      const partition = scheme.method === 'RANGE' ? 'VALUES LESS THAN MAXVALUE' : 'with their values';
      return {
        offends,
        text: (count) => `${rowsThat(count, 'has', 'have')} no partition by ${label}${fate}.`,
        fix: `Add a partition for them (${partition}), or delete them first.`,
        about,
      };
    },
  },
};

const fix = 'Look at what the partition holds, and keep a copy if it is needed; there is no way back.';

/** The names after DROP PARTITION [IF EXISTS]. */
function droppedPartitions({ spec }: AlterStatement): string[] {
  const tokens = unmarked(codeOf(spec));
  const at = findWords(tokens, 'DROP', 'PARTITION');
  if (at === undefined) return [];
  const isConditional = findWords(tokens.slice(at + 2, at + 4), 'IF', 'EXISTS') !== undefined;
  return tokens.slice(at + (isConditional ? 4 : 2)).flatMap((token) => nameOf(token) ?? []);
}

async function rowsOf(names: readonly string[], facts: ChangeFacts, session: Session): Promise<Findings> {
  const label = names.join(', ');
  const some = await lookUp<object>(
    session,
    facts,
    `1 AS one FROM ${quoteTable(facts.table.name)} PARTITION (${names.map(quoteName).join(', ')}) LIMIT 1`,
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
  facts: ChangeFacts,
  session: Session,
): Promise<number | undefined> {
  const { schema, name } = facts.table.name;
  const partitions = await lookUp<{ name: string; rows: number | string | null }>(
    session,
    facts,
    `PARTITION_NAME AS name, SUM(TABLE_ROWS) AS \`rows\` FROM information_schema.PARTITIONS
      WHERE TABLE_SCHEMA=? AND TABLE_NAME=? GROUP BY PARTITION_NAME`,
    [schema, name],
  );
  const wanted = names.map((each) => each.toLowerCase());
  const found = (partitions ?? []).filter((partition) => wanted.includes(partition.name.toLowerCase()));
  return found.reduce((sum, { rows }) => sum + Number(rows ?? 0), 0) || undefined;
}

/** Undefined: every row has one. */
function offendersOf({ method, partitions }: Partitioning, by: readonly string[]): string | undefined {
  const values = partitions.flatMap((partition) => partition.values ?? []);
  if (values.length === 0 || partitions.some(({ takesRest }) => takesRest)) return undefined;
  return method === 'RANGE' ? above(by, listed(values.at(-1) ?? '')) : `NOT (${among(by, values)})`;
}

/**
 * The last bound and everything above it, part by part. NULL is below all values, and so it has a partition (manual, "How
 * MySQL Partitioning Handles NULL"); a comparison with it is not true.
 */
function above(
  [part, ...parts]: readonly string[],
  [bound, ...bounds]: readonly string[],
): string | undefined {
  if (part === undefined || bound === undefined || bound.toUpperCase() === 'MAXVALUE') return undefined;
  if (parts.length === 0) return `${part} >= ${bound}`;
  const equal = above(parts, bounds);
  return `(${part} > ${bound}${equal === undefined ? '' : ` OR (${part} = ${bound} AND ${equal})`})`;
}

/** NULL has a partition only if it is listed. */
function among(by: readonly string[], lists: readonly string[]): string {
  const isItem = (item: string) => {
    const values = by.length === 1 ? [item] : listed(item.replace(/^\(|\)$/g, ''));
    return `(${by.map((part, at) => `${part} <=> ${values[at] ?? 'NULL'}`).join(' AND ')})`;
  };
  return lists.flatMap(listed).map(isItem).join(' OR ');
}
