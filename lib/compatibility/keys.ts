import { partsLabel } from '../checks/shared/facts.js';
import { isSameName, nameAfter, quoteName } from '../sql/names.js';
import type { Part } from '../table/parts.js';
import type { Index } from '../table/shape.js';
import type { Change } from './change.js';
import { deploy, type Finding, finding, maybe, own, type Step, say, yes } from './finding.js';

/** Keys that forbid what was allowed, or no longer forbid it; the others are a matter of speed. */
export function keys({ before, after, renames, dropped: columns }: Change): Finding[] {
  // A key goes with the last of its columns, and what becomes of those is a finding already.
  const goes = ({ parts }: Index) => parts.every(({ column }) => columns.some(({ name }) => name === column));
  const named = (column: string) => nameAfter(renames, column);
  const was = new Map(before.indexes.map((index) => [rule(index, named), index]));
  const is = new Map(after.indexes.map((index) => [rule(index), index]));
  const dropped = [...was].flatMap(([key, index]) => (is.has(key) || goes(index) ? [] : [index]));
  const added = [...is].flatMap(([key, index]) => (was.has(key) ? [] : [index]));
  const hinted = before.indexes.filter(
    ({ name }) => !after.indexes.some((index) => isSameName(index.name, name)) && name !== 'PRIMARY',
  );
  return [...dropped.map(droppedKey), ...added.map(addedKey), ...hints(hinted)];
}

/** What a key means, whatever its name: which rows it refuses, and which searches it serves. */
function rule({ name, unique, type, parts }: Index, named = (column: string) => column): string {
  const columns = parts.map(({ column, expression, prefix, descending }) => [
    column === undefined ? expression : named(column).toLowerCase(),
    prefix,
    descending,
  ]);
  return JSON.stringify([name === 'PRIMARY', unique, type, columns]);
}

function addedKey(index: Index): Finding {
  const columns = partsLabel(index);
  if (index.unique) {
    const label = labelOf(index);
    const isRefused = `Writes that would repeat a value of ${label} are refused (error 1062).`;
    const isTaken = `Repeated values of ${label} are not refused yet: INSERT … ON DUPLICATE KEY UPDATE inserts them.`;
    const copes = `writes no repeated values of ${columns}, or copes when they are refused`;
    const steps = [deploy('read', copes), addSql(index)];
    return finding('unique-added', { previous: maybe(isRefused), next: maybe(isTaken), steps });
  }
  if (index.type === 'FULLTEXT') {
    const text = `MATCH over ${columns} fails: there is no FULLTEXT index yet.`;
    return finding('fulltext-added', { next: maybe(text) });
  }
  const text = `Queries that need the index over ${columns} are slow until it exists.`;
  return finding('index-added', { next: yes(text) });
}

function droppedKey(index: Index): Finding {
  const columns = partsLabel(index);
  const isPrimary = index.name === 'PRIMARY';
  const drop = own('contract', isPrimary ? 'DROP PRIMARY KEY' : `DROP INDEX ${quoteName(index.name)}`);
  if (index.unique) {
    const label = labelOf(index);
    const isTaken = `Repeated values of ${label} are no longer refused: INSERT … ON DUPLICATE KEY UPDATE and REPLACE insert them.`;
    const isRefused = `Writes that would repeat a value of ${label} are still refused (error 1062).`;
    return finding(isPrimary ? 'primary-key-dropped' : 'unique-dropped', {
      previous: maybe(isTaken),
      next: maybe(isRefused),
      steps: [deploy('read', `does not rely on ${label} to refuse repeated values`), drop],
    });
  }
  if (index.type === 'FULLTEXT') {
    const text = `MATCH over ${columns} fails: there is no FULLTEXT index any more.`;
    const steps = [deploy('read', `does not use MATCH over ${columns}`), drop];
    return finding('fulltext-dropped', { previous: maybe(text), steps });
  }
  const text = `Queries that use the index over ${columns} get slower.`;
  return finding('index-dropped', { previous: yes(text) });
}

/** A hint that names an index which does not exist is an error (1176). */
function hints(gone: readonly Index[]): Finding[] {
  if (gone.length === 0) return [];
  const names = gone.map(({ name }) => name).join(', ');
  const text = `Only a query that names ${names} in FORCE, USE or IGNORE INDEX fails (error 1176).`;
  return [finding('index-name-gone', { previous: yes(text) })];
}

function addSql(index: Index): Step {
  if (index.parts.some(({ column }) => column === undefined)) {
    return say('contract', `Add the unique index ${index.name}.`);
  }
  const parts = index.parts.map(({ column = '', ...part }) => ({ ...part, column: quoteName(column) }));
  const what = index.name === 'PRIMARY' ? 'PRIMARY KEY' : `UNIQUE INDEX ${quoteName(index.name)}`;
  return own('contract', `ADD ${what} (${partsLabel({ ...index, parts })})`);
}

function labelOf(index: Index): string {
  return `${index.name === 'PRIMARY' ? 'the primary key' : index.name} (${partsLabel(index)})`;
}

/** CHECKs and foreign keys that are added or dropped. */
export function constraints({ parts, renames }: Change): Finding[] {
  const named = (body: string) =>
    renames.reduce((text, { from, to }) => text.replaceAll(`\`${from}\``, () => `\`${to}\``), body);
  const was = rulesOf(parts.before).map((rule) => ({ ...rule, now: named(rule.body) }));
  const is = rulesOf(parts.after);
  return [
    ...is.filter(({ body }) => !was.some(({ now }) => now === body)).map(addedRule),
    ...was.filter(({ now }) => !is.some(({ body }) => isSameName(body, now))).map(droppedRule),
  ];
}

interface Rule {
  name: string;
  body: string;
  isCheck: boolean;
}

/** MariaDB writes the CHECK of a column in the column. One that is not enforced refuses nothing. */
function rulesOf(parts: readonly Part[]): Rule[] {
  return parts.flatMap((part): Rule[] => {
    const { name, body } = part;
    if (part.what === 'foreign-key') return [{ name, body, isCheck: false }];
    if (part.what === 'check') return part.enforced ? [{ name, body, isCheck: true }] : [];
    if (part.what !== 'column' || part.check === undefined) return [];
    return [{ name, body: `CHECK (${part.check})`, isCheck: true }];
  });
}

function addedRule({ name, body, isCheck }: Rule): Finding {
  const refused = isCheck
    ? `Writes that break the CHECK ${name} (${body}) are refused.`
    : `Writes that break the foreign key ${name} (${body}) are refused, and deletes of the rows that it refers to are handled as it says.`;
  return finding(isCheck ? 'check-added' : 'foreign-key-added', {
    previous: maybe(refused),
    next: yes(`Rows that break ${name} are not refused yet.`),
    steps: [deploy('read', `respects ${name}`), own('contract', `ADD CONSTRAINT ${quoteName(name)} ${body}`)],
  });
}

function droppedRule({ name, body, isCheck }: Rule): Finding {
  const taken = isCheck
    ? `Rows that break the CHECK ${name} (${body}) are no longer refused.`
    : `Rows that break the foreign key ${name} are no longer refused, and its actions ON DELETE and ON UPDATE no longer happen: ${body}.`;
  return finding(isCheck ? 'check-dropped' : 'foreign-key-dropped', {
    previous: maybe(taken),
    next: maybe(`Writes that break ${name} are still refused.`),
    steps: [say('prepare', `Make sure that the application does not rely on ${name}.`)],
  });
}
