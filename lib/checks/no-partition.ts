import { findRows, type Question } from '../rows/question.js';
import { partitionManagement } from '../sql/partition-clause.js';
import { readTable } from '../table/definition.js';
import type { Partitioning } from '../table/partitioning.js';
import { listed } from '../table/tokens.js';
import { counted } from '../text/human.js';
import type { ChangeFacts } from './check-facts.js';
import { onRows } from './on-rows.js';

/**
 * Rows for which a new partitioning by RANGE or LIST has no partition. PARTITION BY refuses them (1526). REORGANIZE
 * PARTITION deletes them without a word, whatever the sql_mode (measured on MySQL 5.7 to 9.7 and MariaDB). By HASH and
 * KEY every row has a partition. ADD PARTITION takes none away; DROP PARTITION deletes rows, which is another matter.
 */
export function noPartition(facts: ChangeFacts): Question[] {
  const managed = partitionManagement(facts.statement.clauses);
  if (managed === 'add' || managed === 'drop') return [];
  const [was, scheme] = [facts.probe.before, facts.probe.after].map(
    ({ definition }) => readTable(definition)?.partitioning,
  );
  if (scheme === undefined || scheme.sql === was?.sql) return [];
  const id = 'no-partition';
  const fate = managed === 'copying' ? ', and would be deleted without a word' : '';
  const about = `whether every row has a partition by ${scheme.method} (${scheme.expression})`;
  const by = listed(scheme.expression).map((part) => onRows(part, facts, { bareNames: true }));
  const unknown = by.find((part) => 'why' in part);
  if (unknown !== undefined && 'why' in unknown) {
    return [{ kind: 'unknown', finding: { id, about }, why: unknown.why }];
  }
  const offends = offendersOf(
    scheme,
    by.flatMap((part) => ('sql' in part ? [part.sql] : [])),
  );
  if (offends === undefined) return [];
  return [
    {
      kind: 'rows',
      offends,
      finding: {
        id,
        level: 'danger',
        final: true,
        text: (count) =>
          `${counted(count, 'row')} ${count === 1 ? 'has' : 'have'} no partition by ${scheme.method} (${scheme.expression})${fate}.`,
        fix:
          `Add a partition for them (${scheme.method === 'RANGE' ? 'VALUES LESS THAN MAXVALUE' : 'with their values'}), or delete them first. ` +
          `Find them: ${findRows(facts.table.name, offends)}`,
        about,
      },
    },
  ];
}

/** Undefined: every row has one. */
function offendersOf({ method, partitions }: Partitioning, by: readonly string[]): string | undefined {
  const values = partitions.flatMap((partition) => partition.values ?? []);
  const isDealtOut = method === 'RANGE' || method === 'LIST';
  if (!isDealtOut || values.length === 0 || partitions.some(({ takesRest }) => takesRest)) return undefined;
  return method === 'RANGE' ? above(by, values.at(-1) ?? '') : `NOT (${among(by, values)})`;
}

/**
 * The last bound and everything above it, part by part. NULL is below all values, and so has a partition (manual, "How
 * MySQL Partitioning Handles NULL"); a comparison with it is not true.
 */
function above(by: readonly string[], bound: string): string | undefined {
  const bounds = listed(bound);
  const nested = (at: number): string | undefined => {
    const [part, value] = [by[at], bounds[at]];
    if (part === undefined || value === undefined || value.toUpperCase() === 'MAXVALUE') return undefined;
    if (at === by.length - 1) return `${part} >= ${value}`;
    const equal = nested(at + 1);
    return `(${part} > ${value}${equal === undefined ? '' : ` OR (${part} = ${value} AND ${equal})`})`;
  };
  return nested(0);
}

/** NULL has a partition only where it is listed. */
function among(by: readonly string[], lists: readonly string[]): string {
  const items = lists.flatMap(listed);
  return items
    .map((item) => {
      const values = by.length === 1 ? [item] : listed(item.replace(/^\(|\)$/g, ''));
      return by.map((part, at) => `${part} <=> ${values[at] ?? 'NULL'}`).join(' AND ');
    })
    .map((same) => `(${same})`)
    .join(' OR ');
}
