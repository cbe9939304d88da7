import { rowAlias } from '../rows/question.js';
import { visibleIndexes } from '../rows/reader.js';
import { type Step, type Walk, walkOf } from '../rows/walk.js';
import { quoteName, quoteString } from '../sql/names.js';
import type { Column, Index, TableShape } from '../table/shape.js';
import { uniqueKeys } from '../table/shared-key.js';

/** How a table is read: in which parts, and by what a single row of it is found again. */
export interface Way {
  /** Absent: it can only be read as a whole. */
  cut?: Walk;
  /** All columns of a unique key; only their equality counts, not their order. */
  row: Walk;
}

/**
 * Every key along which gh-ost copies serves to find a row again; to cut the table into parts, the values of the key
 * need an order that statements can name. Where the key has none (an ENUM is sorted by number and compared as text), its
 * first column alone cuts, if it is an integer.
 * @param utc the session's time zone has no hour that comes twice, so that a TIMESTAMP has an order as well
 * @returns undefined: there is no unique key without NULLs
 */
export function wayThrough(
  { columns, ...keys }: Pick<TableShape, 'columns' | 'indexes' | 'definition'>,
  utc: boolean,
): Way | undefined {
  // To force an invisible one is an error.
  const shape = { columns, indexes: visibleIndexes(keys) };
  const walk = walkOf(shape);
  if (walk !== undefined) return { cut: walk, row: walk };
  for (const key of uniqueKeys(shape)) {
    const found = key.type === 'BTREE' ? key.parts.map((part) => stepOf(part, shape.columns, utc)) : [];
    const steps = found.filter((step) => step !== undefined);
    if (steps.length === 0 || steps.length < found.length) continue;
    const cut = cutOf(key.name, steps);
    return { row: { index: key.name, steps }, ...(cut && { cut }) };
  }
  return undefined;
}

interface ReadStep extends Step {
  ordered: boolean;
}

function cutOf(index: string, steps: readonly ReadStep[]): Walk | undefined {
  if (steps.every(({ ordered }) => ordered)) return { index, steps };
  const [first] = steps;
  return first?.integer ? { index, steps: [first] } : undefined;
}

const integers = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);

function stepOf(
  { column: name, nullable, prefix, descending }: Index['parts'][number],
  columns: readonly Column[],
  utc: boolean,
): ReadStep | undefined {
  const column = columns.find((each) => each.name === name);
  if (column === undefined || nullable) return undefined;
  const { dataType } = column;
  const kind = kinds[dataType];
  if (kind === undefined) return undefined;
  return {
    name: column.name,
    sql: `${quoteName(rowAlias)}.${quoteName(column.name)}`,
    integer: integers.has(dataType) && prefix === undefined,
    descending,
    literal: kind.literal,
    ordered: prefix === undefined && (kind.ordered || (utc && dataType === 'timestamp')),
  };
}

interface Kind {
  ordered: boolean;
  literal(value: unknown): string;
}

const number: Kind = { ordered: true, literal: (value) => checked(/^-?\d+(\.\d+)?$/, String(value)) };
const text: Kind = { ordered: true, literal: (value) => quoteString(String(value)) };
const unordered: Kind = { ...text, ordered: false };
const bytes: Kind = { ordered: true, literal: (value) => `X'${hexOf(value)}'` };
/** As a floating number, for one with a point alone is an exact one, and is compared otherwise. */
const double: Kind = { ordered: true, literal: (value) => exponential(String(value)) };
const bits: Kind = { ordered: false, literal: (value) => BigInt(`0x${hexOf(value) || '0'}`).toString() };

const kinds: Readonly<Record<string, Kind | undefined>> = {
  ...named(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'year'], number),
  ...named(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'], text),
  ...named(['date', 'datetime', 'time'], text),
  ...named(['timestamp', 'enum', 'set'], unordered),
  ...named(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'], bytes),
  double,
  bit: bits,
};

function named(types: readonly string[], kind: Kind): Record<string, Kind> {
  return Object.fromEntries(types.map((type) => [type, kind]));
}

function hexOf(value: unknown): string {
  return (Buffer.isBuffer(value) ? value : Buffer.from(String(value))).toString('hex');
}

function exponential(value: string): string {
  const whole = value.includes('e') ? value : `${value}e0`;
  return checked(/^-?\d+(\.\d+)?e[+-]?\d+$/, whole);
}

function checked(form: RegExp, value: string): string {
  if (!form.test(value)) throw new Error(`${value} is not a number`);
  return value;
}
