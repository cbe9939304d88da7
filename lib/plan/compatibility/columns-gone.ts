import type { Column } from '../../inspect/shape.js';
import { quoteName } from '../../sql/quote.js';
import type { Rename } from '../plan.js';
import { type Change, columnSql, fillSql, same } from './change.js';
import { alter, deploy, type Finding, own, type Step, say, sql } from './finding.js';
import { needsValue } from './needs-value.js';

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
