import type { Rename } from '../documents/plan.js';
import { comparable } from '../table/definition.js';
import { type Dissected, dissect } from '../table/dissect.js';
import { readPartitions } from '../table/partitions.js';
import { columnLosses } from './column-losses.js';
import { columnClauses, type Matched, matchColumns } from './columns.js';
import { constraintClauses, constraintLosses } from './constraints.js';
import { keyClauses, keyLosses } from './keys.js';
import type { Loss } from './loss.js';
import { type OptionClauses, optionClauses } from './options.js';
import { partitionLosses, repartition } from './partitions.js';

/** What takes a change of a table back. */
export interface Inverse {
  /** What follows ALTER TABLE t; absent where there is nothing to do, and where it is refused. */
  alter?: string;
  /** What does not come back, and what may make the statement fail. */
  losses: readonly Loss[];
  /** Why no statement takes the change back: part of a sentence, without a stop. */
  refused?: string;
}

/**
 * Finds the one ALTER TABLE that makes of `after` what was `before`, clause by clause from what SHOW CREATE TABLE
 * says: each line of it is valid behind ADD and MODIFY. The names of CHECKs, the next AUTO_INCREMENT and the places of
 * indexes and constraints in their lists are left as they are. Pure.
 * @param before SHOW CREATE TABLE, normalized or not, with or without the commas at the ends of its lines. A foreign key
 * to another schema comes back only where that schema is named.
 * @param after of the same table, in the same form
 * @param renames of columns: `from` the name in `after`, `to` the name in `before`. Without them a renamed column is one
 * that was dropped and one that was added.
 */
export function inverseOf(before: string, after: string, renames: readonly Rename[] = []): Inverse {
  const [was, is] = [dissect(comparable(before)), dissect(comparable(after))];
  if (was === undefined || is === undefined) return refused('it is or was no table');
  if (was.periods.join() !== is.periods.join()) return refused('its periods have changed');
  const matched = matchColumns(was.columns, is.columns, renames);
  const options = optionClauses(was.options, is.options);
  if ('refused' in options) return refused(options.refused);
  return assemble(was, is, matched, options);
}

function refused(reason: string): Inverse {
  return { losses: [], refused: reason };
}

function assemble(was: Dissected, is: Dissected, matched: Matched, options: OptionClauses): Inverse {
  const columns = columnClauses(was.columns, is.columns, matched);
  const unreadable = columns.written.find(({ sql }) => sql.includes('\uFFFD'));
  if (unreadable !== undefined)
    return refused(`${unreadable.name} has bytes in its definition that are no text`);
  const keys = keyClauses(was.keys, is.keys, matched);
  const foreignKeys = constraintClauses(was.foreignKeys, is.foreignKeys, matched, 'foreign-key');
  const [changed] = foreignKeys.changed;
  // Errors 1826 of MySQL and 121 of InnoDB.
  if (changed)
    return refused(`no one statement drops the foreign key ${changed.name} and adds another of that name`);
  const checks = constraintClauses(was.checks, is.checks, matched, 'check');
  const clauses = [
    ...foreignKeys.drops,
    ...checks.drops,
    ...keys.drops,
    ...keys.renames,
    ...columns.drops,
    ...columns.clauses,
    ...keys.adds,
    ...keys.alters,
    ...checks.adds,
    ...foreignKeys.adds,
    ...options.clauses,
  ];
  const [partitions, now] = [readPartitions(was.partitions), readPartitions(matched.renamed(is.partitions))];
  const partition = repartition(partitions, now, clauses.length === 0);
  // The grammar wants no comma in front of it.
  const alter = [clauses.join(', '), partition ?? ''].filter((part) => part !== '').join(' ');
  return {
    ...(alter !== '' && { alter }),
    losses: [
      ...columnLosses(matched),
      ...keyLosses(was, is, matched, keys),
      ...constraintLosses(foreignKeys, checks, matched),
      ...options.losses,
      ...(partition === undefined ? [] : partitionLosses(partitions, now)),
    ],
  };
}
