import type { Rename } from '../documents/plan.js';
import { quoteName } from '../sql/names.js';
import type { Column } from '../table/shape.js';
import { type Change, columnSql, fillSql, same } from './change.js';
import { alter, deploy, type Finding, own, type Step, say, sql } from './finding.js';

/** Columns that the previous version knows and does not find any more. */
export function columnsGone(change: Change): Finding[] {
  return [
    ...change.renames
      .filter((rename) => !isMirrored(rename, change))
      .map((rename) => renamed(rename, change)),
    ...change.dropped.map((column) => dropped(column, change)),
    ...change.lost.map((name) => ({
      id: 'values-lost',
      previous: { works: 'maybe' as const, text: `It finds ${name} without the values that it had.` },
    })),
  ];
}

function dropped(column: Column, { parts }: Change): Finding {
  const { name } = column;
  const relax = relaxed(column, parts.before);
  return {
    id: 'column-dropped',
    previous: { works: 'no', text: `Whatever of it names ${name} fails: the column is gone.` },
    ...(relax.length > 0 && {
      next: {
        works: 'no',
        text: `Its INSERTs leave ${name} out, which there must have a value: they fail in strict mode.`,
      },
    }),
    steps: [
      ...relax,
      deploy('read', `neither reads nor writes ${name}`),
      own('contract', `DROP COLUMN ${quoteName(name)}`),
    ],
  };
}

function renamed({ from, to }: Rename, change: Change): Finding {
  const { before, after, parts } = change;
  const swapped = [from, to].every((name) => has(before.columns, name) && has(after.columns, name));
  if (swapped) {
    return {
      id: 'column-swapped',
      previous: {
        works: 'no',
        text: `Without an error it reads and writes in ${to} what it knows as ${from}.`,
      },
      next: { works: 'no', text: `Without an error it reads and writes in ${from} what it knows as ${to}.` },
      steps: [say('expand', `Give ${from} a name that nothing uses, in the steps of a rename.`)],
    };
  }
  const was = before.columns.find(({ name }) => same(name, from));
  const is = after.columns.find(({ name }) => same(name, to));
  if (was === undefined || is === undefined) return { id: 'column-renamed' };
  const [old, fresh] = [quoteName(from), quoteName(to)];
  return {
    id: 'column-renamed',
    previous: { works: 'no', text: `Whatever of it names ${from} fails: the column is called ${to} now.` },
    next: { works: 'no', text: `Whatever of it names ${to} fails: the column is still called ${from}.` },
    steps: [
      alter('expand', `ADD COLUMN ${columnSql(is, parts.after, true)}`),
      ...relaxed(was, parts.before),
      deploy('write', `writes both ${from} and ${to}, and reads ${from}`),
      sql('fill', fillSql(change, `${fresh} = ${old}`, `NOT ${fresh} <=> ${old}`)),
      ...(is.nullable ? [] : [alter('fill', `MODIFY ${columnSql(is, parts.after)}`)]),
      deploy('read', `reads and writes ${to} alone`),
      alter('contract', `DROP COLUMN ${old}`),
    ],
  };
}

/** Of two columns that swap their names, one says it all. */
function isMirrored({ from, to }: Rename, { renames }: Change): boolean {
  return from > to && renames.some((other) => same(other.from, to) && same(other.to, from));
}

/** A version that no longer knows the column leaves it out of its INSERTs. */
function relaxed(column: Column, parts: Change['parts']['before']): Step[] {
  return needsValue(column) ? [alter('expand', `MODIFY ${columnSql(column, parts, true)}`)] : [];
}

function has(columns: readonly Column[], name: string): boolean {
  return columns.some((column) => same(column.name, name));
}

/** Columns that the previous version does not know, and the new one may not find. */
export function columnsNew(change: Change): Finding[] {
  return [...change.added.map((column) => added(column, change)), ...positional(change)];
}

function added(column: Column, change: Change): Finding {
  const { name } = column;
  const { parts } = change;
  const next = { works: 'no', text: `Whatever of it names ${name} fails: there is no such column.` } as const;
  const add = own('expand', `ADD COLUMN ${columnSql(column, parts.after)}`);
  const uses = deploy('read', `uses ${name}`);
  if (!needsValue(column)) {
    const text = column.generated
      ? `The server computes ${name} by itself.`
      : `Its INSERTs, which do not know ${name}, write ${defaultText(column)} there.`;
    return { id: 'column-added', previous: { works: 'yes', text }, next, steps: [add, uses] };
  }
  return {
    id: 'column-without-default',
    previous: {
      works: 'no',
      text: `Its INSERTs do not know ${name}, which must have a value: they fail in strict mode, and write an empty value without.`,
    },
    next,
    steps: [
      alter('expand', `ADD COLUMN ${columnSql(column, parts.after, true)}`),
      deploy('write', `gives ${name} a value in every INSERT`),
      sql('fill', fillSql(change, `${quoteName(name)} = …`, `${quoteName(name)} IS NULL`)),
      alter('contract', `MODIFY ${columnSql(column, parts.after)}`),
    ],
  };
}

/** Error 1136 where the count of values differs; where only the order does, values go into other columns. */
function positional({ added, dropped, kept, before, after }: Change): Finding[] {
  const comes = added.filter((column) => !isInvisible(column));
  const shown = kept.filter((pair) => isInvisible(pair.before) && !isInvisible(pair.after));
  const hidden = kept.filter((pair) => !isInvisible(pair.before) && isInvisible(pair.after));
  const order = kept.map((pair) => before.columns.indexOf(pair.before));
  const now = kept.toSorted((a, b) => after.columns.indexOf(a.after) - after.columns.indexOf(b.after));
  const moved = now.some((pair, i) => before.columns.indexOf(pair.before) !== order[i]);
  const names = [...comes, ...shown.map((pair) => pair.after)].map(({ name }) => name);
  const gone = hidden.map((pair) => pair.after.name);
  const steps = [
    say('prepare', 'Where it inserts or selects by position, deploy a version that names the columns.'),
  ];
  if (moved) {
    const text =
      'INSERT … VALUES without a list of columns may write values into other columns without an error, and SELECT * delivers another order.';
    return [
      { id: 'column-order', previous: { works: 'maybe', text }, next: { works: 'maybe', text }, steps },
    ];
  }
  // A dropped column is worse by itself.
  if (names.length + gone.length === 0 || dropped.length > 0) return [];
  const more = names.length > 0 ? `delivers ${names.join(', ')} as well` : '';
  const less = gone.length > 0 ? `no longer delivers ${gone.join(', ')}` : '';
  const differs = [more, less].filter(Boolean).join(' and ');
  return [
    {
      id: 'positional',
      previous: {
        works: 'maybe',
        text: `INSERT … VALUES without a list of columns fails, and SELECT * ${differs}; statements that name their columns go on.`,
      },
      steps,
    },
  ];
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
  if (value !== undefined && value.toUpperCase() !== 'NULL') return `${value === '' ? "''" : value}`;
  if (nullable) return 'NULL';
  return dataType === 'enum' ? 'its first member' : 'no default';
}
