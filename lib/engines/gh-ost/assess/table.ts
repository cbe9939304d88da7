import { isSameName, nameAfter, named, type TableName, tableLabel } from '../../../sql/names.js';
import { historyOf } from '../../../table/history.js';
import type { Column } from '../../../table/shape.js';
import { chooseSharedKey, type SharedKey, uniqueKeys } from '../../../table/shared-key.js';
import type { Obstacle } from '../../engine.js';
import { type GhostFacts, obstaclesOf } from './facts.js';

/** What hangs on the table and would not follow the cut-over. */
export function tableObstacles({ table, statement }: GhostFacts): Obstacle[] {
  const { outgoing, incoming } = table.foreignKeys;
  const children = incoming.map(({ child, name }) => `${tableLabel(child)} (${name})`).join(', ');
  const keys = outgoing.map(({ name }) => name).join(', ');
  const triggers = table.triggers.map(({ name }) => name).join(', ');
  const engine = `The table is of the engine ${table.engine}, which gh-ost cannot copy.`;
  const parent = `Foreign keys reference the table and would keep referencing the old table: ${children}.`;
  const child = `The table has foreign keys, which the copy would not have: ${keys}.`;
  const self =
    'A new foreign key references the table itself: after the cut-over it would reference the old table.';
  return obstaclesOf('danger', [
    [
      historyOf(table.definition) !== undefined,
      'ghost-history',
      'The table keeps the history of its rows (WITH SYSTEM VERSIONING), which the new table would not have.',
    ],
    [!engines.has(table.engine.toLowerCase()), 'ghost-engine', engine],
    [incoming.length > 0, 'ghost-foreign-key-parent', parent],
    [outgoing.length > 0, 'ghost-foreign-key-child', child],
    [statement.references.some((each) => isTable(each, table.name)), 'ghost-foreign-key-self', self],
    [
      triggers !== '',
      'ghost-triggers',
      `The table has triggers, which the new table would not have: ${triggers}.`,
    ],
  ]);
}

function isTable(
  reference: GhostFacts['statement']['references'][number],
  { schema, name }: TableName,
): boolean {
  return isSameName(reference.schema ?? schema, schema) && isSameName(reference.table, name);
}

/** Engines that keep rows where SELECT and INSERT find them again. */
const engines = new Set(['innodb', 'rocksdb', 'myisam', 'aria', 'memory']);

/**
 * Whether gh-ost can copy along a unique key that the table has before and after, and does so without losing rows:
 * where two rows become equal in that very key, it takes the second one for copied already, --panic-on-warnings or
 * not.
 */
export function keyObstacles({ table, after, statement }: GhostFacts): Obstacle[] {
  if (uniqueKeys(table).length === 0) {
    const text = 'The table has no unique key for gh-ost to copy by.';
    return danger('ghost-no-unique-key', text, 'Add a primary key first, in a statement of its own.');
  }
  const key = chooseSharedKey(table, after ?? table);
  if (key === undefined) {
    const text = 'No unique key that gh-ost can copy by has the same columns before and after.';
    return danger(
      'ghost-no-shared-key',
      text,
      'Do it in two steps: add the new key first, and drop or change the old one afterwards.',
    );
  }
  const { name, parts } = key.before;
  const nullable = parts.find((part) => part.nullable);
  if (nullable) {
    const text = `gh-ost would copy by ${name}, whose column ${nullable.column ?? ''} may be NULL: it would lose such rows.`;
    return danger('ghost-nullable-key', text, 'Make the column NOT NULL first, or add a primary key.');
  }
  if (parts.some(({ column }) => column === undefined)) {
    const text = `gh-ost would copy by ${name} and does not see that a part of it is an expression.`;
    return danger('ghost-functional-key', text, 'Add a primary key first.');
  }
  if (after !== undefined) return changedKey(table.columns, after.columns, key);
  // Additions leave every key as it is; of other clauses only the probe knows.
  if (statement.clauses.every(({ head }) => head[0] === 'ADD')) return [];
  const text = `gh-ost would copy by ${name}; whether that key stays the same is unknown without a probe.`;
  return danger('ghost-key-unknown', text, 'Run it without --probe off.');
}

function danger(...[id, text, next]: [id: string, text: string, next?: string]): Obstacle[] {
  return obstaclesOf('danger', [[true, id, text, next]]);
}

function changedKey(
  before: readonly Column[],
  after: readonly Column[],
  { before: key }: SharedKey,
): Obstacle[] {
  for (const { column } of key.parts) {
    const [from, to] = [before, after].map((columns) => columns.find(({ name }) => name === column));
    const why = from && to && mayMerge(from, to);
    if (!why) continue;
    return danger(
      'ghost-key-change',
      `gh-ost would copy along ${key.name}, and ${why} of its column ${column}: rows that become equal in that key would be silently lost.`,
    );
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

/**
 * Columns of which the copied rows come out right, and those that arrive through the binlog wrong, or make gh-ost fail (both
 * measured with gh-ost 1.1.10 and --panic-on-warnings): the binlog has a SET as a number, whose bits mean other members in
 * another list, a TIMESTAMP in UTC, which a column of another type takes as it is, and a text in its own character set, of
 * which gh-ost converts few. A generated column it does not copy at all.
 */
export function columnObstacles({ table, after, utc, statement }: GhostFacts): Obstacle[] {
  return table.columns.flatMap((before) => {
    const now = targetOf(before, after?.columns ?? [], statement.renames);
    if (now === undefined) return [];
    return [
      ...generatedObstacles(before, now),
      ...charsetObstacles(before, now),
      ...typeObstacles(before, now, utc),
    ];
  });
}

function generatedObstacles(before: Column, now: Column): Obstacle[] {
  const text = `gh-ost does not copy the generated column ${before.name}: as a plain column it would have lost its values.`;
  return obstaclesOf('danger', [[before.generated && !now.generated, 'ghost-generated', text]]);
}

const utf8 = ['utf8mb4', 'utf8mb3', 'utf8', 'ascii'];
/** Measured: of ucs2, utf16, utf16le, utf32, sjis, big5, gb18030, cp1251, cp850 and latin2 it converts none. */
const convertible = [...utf8, 'latin1', 'gbk'];

function charsetObstacles(before: Column, now: Column): Obstacle[] {
  const { charset, dataType } = before;
  // Members are numbers in the binlog.
  if (charset === undefined || charset === now.charset || dataType === 'enum' || dataType === 'set')
    return [];
  const takesBytes = /binary|blob/.test(now.dataType);
  const fits = (takesBytes ? utf8 : convertible).includes(charset);
  const text = `gh-ost does not convert ${charset} from the binlog as the server does: rows changed meanwhile would have other values in ${now.name}, or make gh-ost fail.`;
  return obstaclesOf('danger', [[!fits, 'ghost-charset', text]]);
}

function typeObstacles(before: Column, now: Column, utc: boolean): Obstacle[] {
  if (now.type === before.type) return [];
  const bits = `gh-ost writes a SET from the binlog as a number: rows changed meanwhile would have other members in ${now.name}.`;
  const zeros = `gh-ost copies the number behind ${before.name}, and not its zeros: ${now.name} would have other texts than an ALTER gives it.`;
  const times = `gh-ost writes a TIMESTAMP from the binlog in UTC, and the server is set to another time zone: rows changed meanwhile would have other times in ${now.name}.`;
  const leavesUtc = before.dataType === 'timestamp' && now.dataType !== 'timestamp' && !utc;
  return obstaclesOf('danger', [
    [before.dataType === 'set' && !onlyAppends(before, now), 'ghost-set', bits],
    [/zerofill/i.test(before.type) && /char|text/.test(now.dataType), 'ghost-zerofill', zeros],
    [leavesUtc, 'ghost-time-zone', times],
  ]);
}

function targetOf(
  before: Column,
  after: readonly Column[],
  renames: GhostFacts['statement']['renames'],
): Column | undefined {
  return named(after, nameAfter(renames, before.name));
}

/** `set('a','b')` to `set('a','b','c')`: the bits that there are keep their meaning. */
function onlyAppends(before: Column, after: Column): boolean {
  return after.dataType === 'set' && after.type.startsWith(before.type.slice(0, -1));
}
