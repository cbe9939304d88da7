import type { Rename } from '../documents/plan.js';
import { readTable, type TableDefinition } from '../table/definition.js';
import { comparable } from '../table/forms.js';
import type { Parts } from '../table/parts.js';
import { columnClauses, matchColumns } from './columns.js';
import { checkClauses, foreignKeyClauses } from './constraints.js';
import { keyClauses } from './keys.js';
import { columnLosses, type Loss } from './losses.js';
import { optionClauses, repartition } from './options.js';

/** The statement that reverts a change of a table. */
export interface Inverse {
  /** What follows ALTER TABLE t; absent if there is nothing to do, and if it is refused. */
  alter?: string;
  /** What does not come back, and what may make the statement fail. */
  losses: readonly Loss[];
  /** Why no statement reverts the change: part of a sentence, without a stop. */
  refused?: string;
}

/**
 * Finds the one ALTER TABLE that turns `after` back into `before`, clause by clause from SHOW CREATE TABLE, whose parts are
 * valid behind ADD and MODIFY. The names of CHECKs, the next AUTO_INCREMENT and the places of indexes and constraints in
 * their lists stay as they are. Pure.
 * @param before SHOW CREATE TABLE, normalized or not, with or without the commas at the ends of its lines. A foreign key
 * to another schema comes back only if that schema is named.
 * @param after of the same table, in the same form
 * @param renames of columns: `from` the name in `after`, `to` the name in `before`. Without them a renamed column is one
 * that was dropped and one that was added.
 */
export function inverseOf(before: string, after: string, renames: readonly Rename[] = []): Inverse {
  const [was, is] = [readTable(comparable(before)), readTable(comparable(after))];
  if (was === undefined || is === undefined) return refused('it is or was not a table');
  const [periods, now] = [was, is].map((table) =>
    ofKind(table, 'period')
      .map(({ sql }) => sql)
      .join(),
  );
  if (periods !== now) return refused('its periods have changed');
  const matched = matchColumns(ofKind(was, 'column'), ofKind(is, 'column'), renames);
  const options = optionClauses(was.options, is.options);
  if ('refused' in options) return refused(options.refused);
  const columns = columnClauses(ofKind(was, 'column'), ofKind(is, 'column'), matched);
  const unreadable = columns.written.find(({ sql }) => sql.includes('\uFFFD'));
  if (unreadable !== undefined)
    return refused(`${unreadable.name} has bytes in its definition that are not text`);
  const keys = keyClauses(ofKind(was, 'key', 'primary-key'), ofKind(is, 'key', 'primary-key'), matched);
  const foreignKeys = foreignKeyClauses(ofKind(was, 'foreign-key'), ofKind(is, 'foreign-key'), matched);
  const checks = checkClauses(ofKind(was, 'check'), ofKind(is, 'check'), matched);
  const partitions = repartition(was.partitioning, is.partitioning, matched.renamed);
  const { changed } = foreignKeys;
  // Errors 1826 of MySQL and 121 of InnoDB.
  if (changed)
    return refused(`no single statement drops the foreign key ${changed} and adds another of that name`);
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
  // The grammar wants no comma in front of PARTITION BY.
  const alter = [clauses.join(', '), ...partitions.clauses].filter((text) => text !== '').join(' ');
  return {
    ...(alter !== '' && { alter }),
    losses: [
      ...columnLosses(matched),
      ...keys.losses,
      ...foreignKeys.losses,
      ...checks.losses,
      ...options.losses,
      ...partitions.losses,
    ],
  };
}

function refused(reason: string): Inverse {
  return { losses: [], refused: reason };
}

function ofKind<Kind extends keyof Parts>({ parts }: TableDefinition, ...kinds: Kind[]): Parts[Kind][] {
  return parts.filter((part): part is Parts[Kind] => kinds.some((kind) => kind === part.what));
}
