import { quoteName, quoteString } from '../sql/names.js';
import type { Column, Index, TableShape } from '../table/shape.js';
import { uniqueKeys } from '../table/shared-key.js';
import { rowAlias } from './question.js';

/** A column of the key along which a table is read. */
export interface Step {
  name: string;
  sql: string;
  /** Integers, and those alone, can be counted through without asking for the next. */
  integer: boolean;
  descending: boolean;
  literal(value: unknown): string;
}

/** A unique key along which a table is read in parts. */
export interface Walk {
  index: string;
  steps: readonly Step[];
}

/** A place between two rows: the values of the key in the row before it. */
export type Place = readonly unknown[];

/**
 * The best unique key whose order is that of its values: without NULLs (there may be many), prefixes and expressions,
 * and of types whose values come back from a statement as they went out. Not ENUM and SET (sorted by number, compared
 * as text), not FLOAT and DOUBLE, not TIMESTAMP (an hour of each autumn comes twice).
 */
export function walkOf(shape: Pick<TableShape, 'columns' | 'indexes'>): Walk | undefined {
  for (const key of uniqueKeys(shape)) {
    const steps = key.type === 'BTREE' ? key.parts.map((part) => stepOf(part, shape.columns)) : [undefined];
    if (steps.every((step) => step !== undefined)) return { index: key.name, steps };
  }
  return undefined;
}

const integers = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
const numbers = new Set([...integers, 'decimal', 'year']);
const texts = new Set(['char', 'varchar', 'date', 'datetime', 'time', 'uuid', 'inet6', 'inet4']);
const bytes = new Set(['binary', 'varbinary']);

function stepOf(part: Index['parts'][number], columns: readonly Column[]): Step | undefined {
  const column = columns.find(({ name }) => name === part.column);
  if (column === undefined || part.nullable || part.prefix !== undefined) return undefined;
  const { name, dataType } = column;
  const literal = literalFor(dataType);
  if (literal === undefined) return undefined;
  const sql = `${quoteName(rowAlias)}.${quoteName(name)}`;
  return { name, sql, integer: integers.has(dataType), descending: part.descending, literal };
}

function literalFor(dataType: string): ((value: unknown) => string) | undefined {
  if (numbers.has(dataType)) return numberLiteral;
  if (texts.has(dataType)) return (value) => quoteString(String(value));
  if (bytes.has(dataType)) {
    return (value) => `X'${(Buffer.isBuffer(value) ? value : Buffer.from(String(value))).toString('hex')}'`;
  }
  return undefined;
}

/** Bare, since a quoted number is compared as a floating one. */
function numberLiteral(value: unknown): string {
  const text = String(value);
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new Error(`${text} is not a number`);
  return text;
}

/** Rows after a place, in a form that a server of any version reads as a range of the index. */
export function after(walk: Walk, place: Place): string {
  return range(walk, place, (step) => (step.descending ? '<' : '>'), false);
}

/** Rows up to a place, with the row that it names. */
export function upTo(walk: Walk, place: Place): string {
  return range(walk, place, (step) => (step.descending ? '>' : '<'), true);
}

/** `a >= 1 AND (a > 1 OR (a = 1 AND b > 'x'))`: the first condition is for servers that see no range in the second. */
function range(
  { steps }: Walk,
  place: Place,
  operatorOf: (step: Step) => string,
  inclusive: boolean,
): string {
  const nested = (at: number): string => {
    const step = steps[at];
    if (step === undefined) throw new Error('a place without a key');
    const value = step.literal(place[at]);
    const operator = operatorOf(step);
    if (at === steps.length - 1) return `${step.sql} ${operator}${inclusive ? '=' : ''} ${value}`;
    return `(${step.sql} ${operator} ${value} OR (${step.sql} = ${value} AND ${nested(at + 1)}))`;
  };
  const [first] = steps;
  if (first === undefined || steps.length === 1) return nested(0);
  return `${first.sql} ${operatorOf(first)}= ${first.literal(place[0])} AND ${nested(0)}`;
}

/** As ORDER BY and as a list of columns. */
export function orderOf({ steps }: Walk): string {
  return steps.map(({ sql, descending }) => (descending ? `${sql} DESC` : sql)).join(', ');
}
