import type { Column } from '../../../inspect/shape.js';
import { chooseSharedKey, type SharedKey, uniqueKeys } from '../shared-key.js';
import type { GhostFacts, Obstacle } from './obstacle.js';

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
        'Add a primary key with --strategy direct first.',
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
    const text = `gh-ost would copy by ${key.before.name}, and ${why} of its column ${column}: rows that become equal in it would be lost without a word.`;
    return [danger('key-change', text, 'Use --strategy direct, which reports such rows.')];
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
      `gh-ost would copy by ${key}; whether that is the same afterwards is not known without a probe.`,
      'Leave --probe off out.',
    ),
  ];
}

function danger(id: string, text: string, next: string): Obstacle {
  return { id: `ghost-${id}`, text, next, kind: 'danger' };
}
