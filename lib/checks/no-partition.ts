import { partitionManagement } from '../sql/partition-clause.js';
import { listed } from '../sql/tokens.js';
import { readTable } from '../table/definition.js';
import type { Partitioning } from '../table/partitioning.js';
import { onRows } from './shared/expressions.js';
import { rowsThat } from './shared/facts.js';
import type { Hazard } from './shared/hazard.js';

/**
 * Rows for which a new partitioning by RANGE or LIST has no partition. PARTITION BY refuses them (1526). REORGANIZE
 * PARTITION silently deletes them, whatever the sql_mode (measured on MySQL 5.7 to 9.7 and MariaDB). HASH and KEY have a
 * partition for every row. ADD PARTITION takes none away; DROP PARTITION is the hazard `rows-gone`.
 */
export const noPartition: Hazard = {
  id: 'no-partition',
  level: 'danger',
  final: true,
  inRows(facts) {
    const managed = partitionManagement(facts.statement.clauses);
    if (managed === 'add' || managed === 'drop') return [];
    const [was, scheme] = [facts.probe.before, facts.probe.after].map(
      ({ definition }) => readTable(definition)?.partitioning,
    );
    if (scheme === undefined || scheme.sql === was?.sql) return [];
    if (scheme.method !== 'RANGE' && scheme.method !== 'LIST') return [];
    const label = `${scheme.method} (${scheme.expression})`;
    const about = `whether every row has a partition by ${label}`;
    const by = onRows(listed(scheme.expression), facts, { bareNames: true });
    if ('why' in by) return [{ about, why: by.why }];
    const offends = offendersOf(scheme, by.sql);
    if (offends === undefined) return [];
    const fate = managed === 'copying' ? ', and would be deleted silently' : '';
    const partition = scheme.method === 'RANGE' ? 'VALUES LESS THAN MAXVALUE' : 'with their values';
    return [
      {
        offends,
        text: (count) => `${rowsThat(count, 'has', 'have')} no partition by ${label}${fate}.`,
        fix: `Add a partition for them (${partition}), or delete them first.`,
        about,
      },
    ];
  },
};

/** Undefined: every row has one. */
function offendersOf({ method, partitions }: Partitioning, by: readonly string[]): string | undefined {
  const values = partitions.flatMap((partition) => partition.values ?? []);
  if (values.length === 0 || partitions.some(({ takesRest }) => takesRest)) return undefined;
  return method === 'RANGE' ? above(by, values.at(-1) ?? '') : `NOT (${among(by, values)})`;
}

/**
 * The last bound and everything above it, part by part. NULL is below all values, and so it has a partition (manual, "How
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

/** NULL has a partition only if it is listed. */
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
