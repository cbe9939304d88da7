import type { Column } from '../../inspect/shape.js';
import { quoteName } from '../../sql/quote.js';
import { type Change, columnSql, fillSql } from './change.js';
import { alter, deploy, type Finding, own, say, sql } from './finding.js';
import { defaultText, isInvisible, needsValue } from './needs-value.js';

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
