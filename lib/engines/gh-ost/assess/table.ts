import { tableLabel } from '../../../sql/names.js';
import type { Column } from '../../../table/shape.js';
import { chooseSharedKey, type SharedKey, uniqueKeys } from '../../../table/shared-key.js';
import type { Obstacle } from '../../engine.js';
import type { GhostFacts } from './facts.js';

/** What hangs on the table and would not follow the cut-over. */
export function tableObstacles({ table, statement }: GhostFacts): Obstacle[] {
  const found: Obstacle[] = [];
  const add = (id: string, text: string, next?: string) =>
    found.push({ id: `ghost-${id}`, text, kind: 'danger', ...(next !== undefined && { next }) });
  const { outgoing, incoming } = table.foreignKeys;
  if (!engines.has(table.engine.toLowerCase())) {
    add('engine', `The table is of the engine ${table.engine}, which gh-ost cannot copy.`);
  }
  if (incoming.length > 0) {
    const children = incoming.map(({ child, name }) => `${tableLabel(child)} (${name})`);
    add(
      'foreign-key-parent',
      `Foreign keys reference the table and would keep referencing the old table: ${children.join(', ')}.`,
    );
  }
  if (outgoing.length > 0) {
    const names = outgoing.map(({ name }) => name);
    add(
      'foreign-key-child',
      `The table has foreign keys, which the copy would not have: ${names.join(', ')}.`,
    );
  }
  const pointsAtItself = statement.references.some(
    (reference) =>
      (reference.schema ?? table.name.schema).toLowerCase() === table.name.schema.toLowerCase() &&
      reference.table.toLowerCase() === table.name.name.toLowerCase(),
  );
  if (pointsAtItself) {
    add(
      'foreign-key-self',
      'A new foreign key references the table itself: after the cut-over it would reference the old table.',
    );
  }
  if (table.triggers.length > 0) {
    const names = table.triggers.map(({ name }) => name);
    add('triggers', `The table has triggers, which the new table would not have: ${names.join(', ')}.`);
  }
  return found;
}

/** Engines that keep rows where SELECT and INSERT find them again. */
const engines = new Set(['innodb', 'rocksdb', 'myisam', 'aria', 'memory']);

/**
 * Whether gh-ost can copy along a unique key that the table has before and after, and does so without losing rows:
 * where two rows become equal in that very key, it takes the second one for copied already, --panic-on-warnings or
 * not.
 */
export function keyObstacles(facts: GhostFacts): Obstacle[] {
  const { table, after } = facts;
  if (uniqueKeys(table).length === 0) {
    return [
      danger(
        'no-unique-key',
        'The table has no unique key for gh-ost to copy by.',
        'Add a primary key first, in a statement of its own.',
      ),
    ];
  }
  const key = chooseSharedKey(table, after ?? table);
  if (!key) {
    return [
      danger(
        'no-shared-key',
        'No unique key that gh-ost can copy by has the same columns before and after.',
        'Do it in two steps: add the new key first, and drop or change the old one afterwards.',
      ),
    ];
  }
  const name = key.before.name;
  const nullable = key.before.parts.find((part) => part.nullable);
  if (nullable) {
    return [
      danger(
        'nullable-key',
        `gh-ost would copy by ${name}, whose column ${nullable.column ?? ''} may be NULL: it would lose such rows.`,
        'Make the column NOT NULL first, or add a primary key.',
      ),
    ];
  }
  if (key.before.parts.some(({ column }) => column === undefined)) {
    return [
      danger(
        'functional-key',
        `gh-ost would copy by ${name} and does not see that a part of it is an expression.`,
        'Add a primary key first.',
      ),
    ];
  }
  return after ? changedKey(facts, key, after.columns) : unprobed(facts, name);
}

function changedKey({ table }: GhostFacts, key: SharedKey, after: readonly Column[]): Obstacle[] {
  for (const { column } of key.before.parts) {
    const [from, to] = [table.columns, after].map((columns) => columns.find(({ name }) => name === column));
    const why = from && to && mayMerge(from, to);
    if (!why) continue;
    const text = `gh-ost would copy along ${key.before.name}, and ${why} of its column ${column}: rows that become equal in that key would be silently lost.`;
    return [danger('key-change', text)];
  }
  return [];
}

const integers = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);

/** What about the change of a column can make different values equal without a warning. */
function mayMerge(from: Column, to: Column): string | undefined {
  if (from.collation !== to.collation || from.charset !== to.charset) {
    return `${from.collation ?? 'no collation'} becomes ${to.collation ?? 'no collation'}`;
  }
  const bothIntegers = integers.has(from.dataType) && integers.has(to.dataType);
  const fewerDigits = fraction(to) < fraction(from);
  // A number that is out of range, a text that is too long or a digit that is cut off is a warning, and the end.
  if (bothIntegers || (from.dataType === to.dataType && !fewerDigits)) return undefined;
  return `${from.type} becomes ${to.type}`;
}

/** Digits of a second; that they are rounded is not worth a warning to the server. */
function fraction({ dataType, type }: Column): number {
  if (!['datetime', 'timestamp', 'time'].includes(dataType)) return 0;
  return Number(/\((\d)\)/.exec(type)?.[1] ?? 0);
}

/** Additions leave every key as it is; of other clauses only the probe knows. */
function unprobed({ statement }: GhostFacts, key: string): Obstacle[] {
  if (statement.clauses.every(({ head }) => head[0] === 'ADD')) return [];
  return [
    danger(
      'key-unknown',
      `gh-ost would copy by ${key}; whether that key stays the same is unknown without a probe.`,
      'Run it without --probe off.',
    ),
  ];
}

function danger(id: string, text: string, next?: string): Obstacle {
  return { id: `ghost-${id}`, text, ...(next !== undefined && { next }), kind: 'danger' };
}

/**
 * Types of which the copied rows come out right, and those that arrive through the binlog wrong (both measured with
 * gh-ost 1.1.10 and --panic-on-warnings, exit code 0): the binlog has a SET as a number, whose bits mean other
 * members in another list, and a TIMESTAMP in UTC, which a column of another type takes as it is.
 */
export function typeObstacles({ table, after, utc, statement }: GhostFacts): Obstacle[] {
  const found: Obstacle[] = [];
  const add = (id: string, text: string) => found.push({ id: `ghost-${id}`, text, kind: 'danger' });
  for (const before of table.columns) {
    const now = targetOf(before, after?.columns ?? [], statement.renames);
    if (now === undefined || now.type === before.type) continue;
    if (before.dataType === 'set' && !onlyAppends(before, now)) {
      add(
        'set',
        `gh-ost writes a SET from the binlog as a number: rows changed meanwhile would have other members in ${now.name}.`,
      );
    }
    if (/zerofill/i.test(before.type) && isText(now)) {
      add(
        'zerofill',
        `gh-ost copies the number behind ${before.name}, and not its zeros: ${now.name} would have other texts than an ALTER gives it.`,
      );
    }
    if (before.dataType === 'timestamp' && now.dataType !== 'timestamp' && !utc) {
      add(
        'time-zone',
        `gh-ost writes a TIMESTAMP from the binlog in UTC, and the server is set to another time zone: rows changed meanwhile would have other times in ${now.name}.`,
      );
    }
  }
  return found;
}

function isText({ dataType }: Column): boolean {
  return /char|text/.test(dataType);
}

function targetOf(
  before: Column,
  after: readonly Column[],
  renames: GhostFacts['statement']['renames'],
): Column | undefined {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  const name = renames.find(({ from }) => same(from, before.name))?.to ?? before.name;
  return after.find((column) => same(column.name, name));
}

/** `set('a','b')` to `set('a','b','c')`: the bits that there are keep their meaning. */
function onlyAppends(before: Column, after: Column): boolean {
  return after.dataType === 'set' && after.type.startsWith(before.type.slice(0, -1));
}
