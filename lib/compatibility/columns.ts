import type { ColumnPair } from '../checks/shared/facts.js';
import type { Rename } from '../documents/plan.js';
import { isSameName, named, quoteName } from '../sql/names.js';
import type { Column } from '../table/shape.js';
import { type Change, columnSql, fillSql } from './change.js';
import { alter, deploy, type Finding, finding, maybe, no, own, type Step, say, sql, yes } from './finding.js';

/** Columns that the old version uses and no longer finds. */
export function columnsGone(change: Change): Finding[] {
  const { renames, kept, dropped: gone, lost } = change;
  // Of two columns that exchange their names, one finding says it all.
  const isMirrored = ({ from, to }: Rename) =>
    from > to && renames.some((other) => isSameName(other.from, to) && isSameName(other.to, from));
  const pairs = renames
    .filter((rename) => !isMirrored(rename))
    .flatMap(({ from }) => kept.filter(({ before }) => isSameName(before.name, from)));
  return [
    ...pairs.map((pair) => renamed(pair, change)),
    ...gone.map((column) => dropped(column, change)),
    ...lost.map((name) => finding('values-lost', { previous: maybe(`${name} has lost its values.`) })),
  ];
}

function dropped(column: Column, { parts }: Change): Finding {
  const { name } = column;
  const relax = relaxed(column, parts.before);
  const stillNeeded = `INSERTs without ${name} fail in strict mode: the column still exists and needs a value.`;
  return finding('column-dropped', {
    previous: no(`Queries that name ${name} fail: the column no longer exists.`),
    ...(relax.length > 0 && { next: no(stillNeeded) }),
    steps: [
      ...relax,
      deploy('read', `neither reads nor writes ${name}`),
      own('contract', `DROP COLUMN ${quoteName(name)}`),
    ],
  });
}

function renamed({ before: was, after: is }: ColumnPair, change: Change): Finding {
  const { before, after, parts } = change;
  const [from, to] = [was.name, is.name];
  if (named(before.columns, to) && named(after.columns, from)) {
    return finding('column-swapped', {
      previous: no(`Queries succeed, but ${from} and ${to} have exchanged their values.`),
      next: no(`Queries succeed, but ${from} and ${to} have not exchanged their values yet.`),
      steps: [say('expand', `Give ${from} a name that nothing uses, in the steps of a rename.`)],
    });
  }
  const [old, fresh] = [quoteName(from), quoteName(to)];
  return finding('column-renamed', {
    previous: no(`Queries that name ${from} fail: it is now called ${to}.`),
    next: no(`Queries that name ${to} fail: it is still called ${from}.`),
    steps: [
      alter('expand', `ADD COLUMN ${columnSql(is, parts.after, true)}`),
      ...relaxed(was, parts.before),
      deploy('write', `writes both ${from} and ${to}, and reads ${from}`),
      sql('fill', fillSql(change, `${fresh} = ${old}`, `NOT ${fresh} <=> ${old}`)),
      ...(is.nullable ? [] : [alter('fill', `MODIFY ${columnSql(is, parts.after)}`)]),
      deploy('read', `reads and writes ${to} alone`),
      alter('contract', `DROP COLUMN ${old}`),
    ],
  });
}

/** A version that no longer knows the column leaves it out of its INSERTs. */
function relaxed(column: Column, parts: Change['parts']['before']): Step[] {
  return needsValue(column) ? [alter('expand', `MODIFY ${columnSql(column, parts, true)}`)] : [];
}

/** Columns that the old version does not know, and the new one may not find. */
export function columnsNew(change: Change): Finding[] {
  return [...change.added.map((column) => added(column, change)), ...positional(change)];
}

function added(column: Column, change: Change): Finding {
  const { name } = column;
  const sqlOf = (nullable = false) => columnSql(column, change.parts.after, nullable);
  const next = no(`Queries that name ${name} fail: the column does not exist yet.`);
  if (!needsValue(column)) {
    const text = column.generated
      ? `The server computes ${name} by itself.`
      : `INSERTs without ${name} write ${defaultText(column)} there.`;
    const steps = [own('expand', `ADD COLUMN ${sqlOf()}`), deploy('read', `uses ${name}`)];
    return finding('column-added', { previous: yes(text), next, steps });
  }
  return finding('column-without-default', {
    previous: no(
      `INSERTs without ${name}, which has no default, fail in strict mode, and write an empty value otherwise.`,
    ),
    next,
    steps: [
      alter('expand', `ADD COLUMN ${sqlOf(true)}`),
      deploy('write', `gives ${name} a value in every INSERT`),
      sql('fill', fillSql(change, `${quoteName(name)} = …`, `${quoteName(name)} IS NULL`)),
      alter('contract', `MODIFY ${sqlOf()}`),
    ],
  });
}

/** Error 1136 if the count of values differs; if only the order does, values go into other columns. */
function positional({ added, dropped, kept, before, after }: Change): Finding[] {
  const steps = [
    say('prepare', 'If it inserts or selects by position, deploy a version that names the columns.'),
  ];
  const now = kept.toSorted((a, b) => after.columns.indexOf(a.after) - after.columns.indexOf(b.after));
  const was = kept.toSorted((a, b) => before.columns.indexOf(a.before) - before.columns.indexOf(b.before));
  if (now.some((pair, at) => pair !== was[at])) {
    const effect = maybe(
      'INSERT … VALUES without a list of columns may silently write values into other columns, and SELECT * returns another order.',
    );
    return [finding('column-order', { previous: effect, next: effect, steps })];
  }
  const isShown = ({ before, after }: ColumnPair) => isInvisible(before) && !isInvisible(after);
  const isHidden = ({ before, after }: ColumnPair) => !isInvisible(before) && isInvisible(after);
  const names = (columns: readonly Column[]) => columns.map(({ name }) => name).join(', ');
  const shown = names([
    ...added.filter((column) => !isInvisible(column)),
    ...kept.filter(isShown).map((pair) => pair.after),
  ]);
  const hidden = names(kept.filter(isHidden).map((pair) => pair.after));
  // A dropped column is worse by itself.
  if (shown + hidden === '' || dropped.length > 0) return [];
  const differs = [shown && `also returns ${shown}`, hidden && `no longer returns ${hidden}`].filter(Boolean);
  const text = `INSERT … VALUES without a list of columns fails, and SELECT * ${differs.join(' and ')}; statements that name their columns still work.`;
  return [finding('positional', { previous: maybe(text), steps })];
}

/**
 * An INSERT that leaves the column out fails in strict mode (error 1364). An ENUM takes its first member then (MySQL
 * manual 13.6, "Data Type Default Values").
 */
export function needsValue({ nullable, default: value, extra, generated, dataType }: Column): boolean {
  if (nullable || value !== undefined || generated || dataType === 'enum') return false;
  return !/auto_increment|DEFAULT_GENERATED/i.test(extra);
}

function isInvisible({ extra }: Column): boolean {
  return /\bINVISIBLE\b/i.test(extra);
}

/** What an INSERT that leaves it out writes, as people say it. */
export function defaultText({ nullable, default: value, extra, dataType }: Column): string {
  if (/auto_increment/i.test(extra)) return 'the next number';
  if (value !== undefined && value.toUpperCase() !== 'NULL') return value === '' ? "''" : value;
  if (nullable) return 'NULL';
  return dataType === 'enum' ? 'its first member' : 'no default';
}
