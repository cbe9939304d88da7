import { quoteName } from '../sql/names.js';
import type { Part } from '../table/parts.js';
import type { Index } from '../table/shape.js';
import { type Change, same } from './change.js';
import { deploy, type Finding, own, type Step, say } from './finding.js';

/** Keys that forbid what was allowed, or no longer forbid it; the others are a matter of speed. */
export function keys({ before, after, renames, dropped: columns }: Change): Finding[] {
  // A key goes with the last of its columns, and what becomes of those is said already.
  const goes = ({ parts }: Index) => parts.every(({ column }) => columns.some(({ name }) => name === column));
  const named = (column: string) => renames.find(({ from }) => same(from, column))?.to ?? column;
  const was = new Map(before.indexes.map((index) => [rule(index, named), index]));
  const is = new Map(after.indexes.map((index) => [rule(index), index]));
  const gone = [...was].flatMap(([key, index]) => (is.has(key) || goes(index) ? [] : [index]));
  const come = [...is].flatMap(([key, index]) => (was.has(key) ? [] : [index]));
  const hinted = before.indexes.filter(
    ({ name }) => !after.indexes.some((index) => same(index.name, name)) && name !== 'PRIMARY',
  );
  return [...gone.map(droppedKey), ...come.map(addedKey), ...hints(hinted)];
}

/** What a key means, whatever it is called: which rows it refuses, and which searches it serves. */
function rule({ name, unique, type, parts }: Index, named = (column: string) => column): string {
  const columns = parts.map((part) => [
    part.column === undefined ? part.expression : named(part.column).toLowerCase(),
    part.prefix,
    part.descending,
  ]);
  return JSON.stringify([name === 'PRIMARY', unique, type, columns]);
}

function addedKey(index: Index): Finding {
  const label = labelOf(index);
  if (index.unique) {
    return {
      id: 'unique-added',
      previous: {
        works: 'maybe',
        text: `Writes that would repeat a value of ${label} are refused (error 1062).`,
      },
      next: {
        works: 'maybe',
        text: `Nothing refuses repeated values of ${label}, and INSERT … ON DUPLICATE KEY UPDATE inserts.`,
      },
      steps: [
        deploy('read', `writes no repeated values of ${columnsOf(index)}, or bears that they are refused`),
        addSql(index),
      ],
    };
  }
  if (index.type === 'FULLTEXT') {
    const text = `MATCH over ${columnsOf(index)} fails there: there is no FULLTEXT index.`;
    return { id: 'fulltext-added', next: { works: 'maybe', text }, steps: [] };
  }
  return {
    id: 'index-added',
    next: {
      works: 'yes',
      text: `Queries that count on the index over ${columnsOf(index)} are slower there.`,
    },
  };
}

function droppedKey(index: Index): Finding {
  const label = labelOf(index);
  const drop = own(
    'contract',
    index.name === 'PRIMARY' ? 'DROP PRIMARY KEY' : `DROP INDEX ${quoteName(index.name)}`,
  );
  if (index.unique) {
    return {
      id: index.name === 'PRIMARY' ? 'primary-key-dropped' : 'unique-dropped',
      previous: {
        works: 'maybe',
        text: `Nothing refuses repeated values of ${label} any more; INSERT … ON DUPLICATE KEY UPDATE and REPLACE that count on it insert.`,
      },
      next: {
        works: 'maybe',
        text: `Writes that would repeat a value of ${label} are refused (error 1062).`,
      },
      steps: [deploy('read', `does not count on ${label} to refuse repeated values`), drop],
    };
  }
  if (index.type === 'FULLTEXT') {
    return {
      id: 'fulltext-dropped',
      previous: {
        works: 'maybe',
        text: `MATCH over ${columnsOf(index)} fails: there is no FULLTEXT index any more.`,
      },
      steps: [deploy('read', `does not use MATCH over ${columnsOf(index)}`), drop],
    };
  }
  return {
    id: 'index-dropped',
    previous: { works: 'yes', text: `Queries that use the index over ${columnsOf(index)} get slower.` },
  };
}

/** A hint on an index that is not there is an error (1176). */
function hints(gone: readonly Index[]): Finding[] {
  if (gone.length === 0) return [];
  const names = gone.map(({ name }) => name).join(', ');
  return [
    {
      id: 'index-name-gone',
      previous: {
        works: 'yes',
        text: `Only a query that names ${names} in FORCE, USE or IGNORE INDEX fails (error 1176).`,
      },
    },
  ];
}

function addSql(index: Index): Step {
  const expressions = index.parts.some(({ column }) => column === undefined);
  if (expressions) return say('contract', `Add the unique index ${index.name}.`);
  const parts = index.parts.map(
    ({ column = '', prefix, descending }) =>
      `${quoteName(column)}${prefix === undefined ? '' : `(${prefix})`}${descending ? ' DESC' : ''}`,
  );
  const what = index.name === 'PRIMARY' ? 'PRIMARY KEY' : `UNIQUE INDEX ${quoteName(index.name)}`;
  return own('contract', `ADD ${what} (${parts.join(', ')})`);
}

function labelOf(index: Index): string {
  return `${index.name === 'PRIMARY' ? 'the primary key' : index.name} (${columnsOf(index)})`;
}

function columnsOf({ parts }: Index): string {
  return parts.map(({ column, expression = '?' }) => column ?? expression).join(', ');
}

/** CHECKs and foreign keys that come or go. */
export function constraints({ parts, renames }: Change): Finding[] {
  const was = rulesOf(parts.before);
  const is = rulesOf(parts.after);
  const named = (body: string) =>
    renames.reduce((text, { from, to }) => text.replaceAll(`\`${from}\``, () => `\`${to}\``), body);
  const known = was.map(({ body }) => named(body));
  const come = is.filter(({ body }) => !known.includes(body));
  const gone = was.filter(({ body }) => !is.some((rule) => same(rule.body, named(body))));
  return [...come.map(added), ...gone.map(dropped)];
}

interface Rule {
  name: string;
  body: string;
  kind: 'CHECK' | 'FOREIGN KEY';
}

/** MariaDB writes the CHECK of a column in the column. One that is not enforced refuses nothing. */
function rulesOf(parts: readonly Part[]): Rule[] {
  return parts.flatMap((part): Rule[] => {
    const { name, body } = part;
    if (part.what === 'foreign-key') return [{ name, body, kind: 'FOREIGN KEY' }];
    if (part.what === 'check') return part.enforced ? [{ name, body, kind: 'CHECK' }] : [];
    if (part.what !== 'column' || part.check === undefined) return [];
    return [{ name, body: `CHECK (${part.check})`, kind: 'CHECK' }];
  });
}

function added({ name, body, kind }: Rule): Finding {
  const label = `${name} (${body})`;
  const isCheck = kind === 'CHECK';
  return {
    id: isCheck ? 'check-added' : 'foreign-key-added',
    previous: {
      works: 'maybe',
      text: isCheck
        ? `Writes that break the CHECK ${label} are refused.`
        : `Writes that break the foreign key ${label} are refused, and so are deletes of rows that it points at, as it says.`,
    },
    next: { works: 'yes', text: `Nothing holds the rows to ${name} there.` },
    steps: [
      deploy('read', `keeps ${name}`),
      own('contract', `ADD CONSTRAINT \`${name.replaceAll('`', '``')}\` ${body}`),
    ],
  };
}

function dropped({ name, body, kind }: Rule): Finding {
  const isCheck = kind === 'CHECK';
  return {
    id: isCheck ? 'check-dropped' : 'foreign-key-dropped',
    previous: {
      works: 'maybe',
      text: isCheck
        ? `Nothing refuses rows that break the CHECK ${name} (${body}) any more.`
        : `Nothing refuses rows that break the foreign key ${name} any more, and what it did ON DELETE and ON UPDATE does not happen: ${body}.`,
    },
    next: { works: 'maybe', text: `Writes that break ${name} are refused.` },
    steps: [say('prepare', `Make sure that the application does not count on ${name}.`)],
  };
}
