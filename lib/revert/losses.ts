import { typeChange } from '../compatibility/type-change.js';
import { quoteString } from '../sql/names.js';
import type { ColumnPart } from '../table/column.js';
import { type ColumnPair, isUnchanged, type Matched } from './columns.js';

/** What a revert by a statement does not bring back, or what may make the statement fail. */
export interface Loss {
  id: string;
  text: string;
}

const fails = 'make the statement fail.';

/** Every loss with its text. */
export const losses = {
  checkName: (was: string, is: string) => ({
    id: 'revert-check-name',
    text: `The CHECK ${was} is called ${is} and keeps that name.`,
  }),
  checkViolated: (rule: string) => ({
    id: 'revert-check-violated',
    text: `Rows that break ${rule} ${fails}`,
  }),
  converted: (column: string, old: string, now: string) => ({
    id: 'revert-converted',
    text: `The values that ${column} had as ${old} were converted to ${now} and are converted back: they may differ from before, and values that are not ${old} ${fails}`,
  }),
  duplicates: (key: string) => ({ id: 'revert-duplicates', text: `Rows that are equal in ${key} ${fails}` }),
  keyBlockSize: (option: string) => ({
    id: 'revert-key-block-size',
    text: `On MariaDB the indexes keep ${option} of their own, which has no effect.`,
  }),
  mayNotFit: (values: string) => ({ id: 'revert-may-not-fit', text: `${values} ${fails}` }),
  noValue: (column: string, type: string) => ({
    id: 'revert-no-value',
    text: `${column} is NOT NULL without a default: on a server that knows no empty ${type}, such as MySQL, the statement fails if the table has rows.`,
  }),
  nulls: (column: string) => ({ id: 'revert-nulls', text: `Rows in which ${column} is NULL ${fails}` }),
  orphans: (key: string) => ({
    id: 'revert-orphans',
    text: `Rows without a parent by the foreign key ${key} ${fails}`,
  }),
  rounded: (column: string, how: string) => ({
    id: 'revert-rounded',
    text: `The values of ${column} ${how}.`,
  }),
  rowsGone: (partitions: readonly string[]) => ({
    id: 'revert-rows-gone',
    text: `Rows that were dropped with partition ${partitions.join(', ')} do not come back.`,
  }),
  valuesGone: (column: string, why: string) => ({
    id: 'revert-values-gone',
    text: `The values that ${column} had do not come back: ${why}.`,
  }),
  valuesLost: (column: string, why: string) => ({
    id: 'revert-values-lost',
    text: `The values that ${column} has now are lost: ${why}.`,
  }),
} satisfies Record<string, (...values: never[]) => Loss>;

/** Values that do not come back, are lost, or may not fit. */
export function columnLosses(matched: Matched): Loss[] {
  return [
    ...matched.gone.flatMap(comesBack),
    ...matched.come.flatMap(({ name, generated }) =>
      generated === undefined ? [losses.valuesLost(name, 'the column is dropped')] : [],
    ),
    ...matched.kept.flatMap((pair) => (isUnchanged(pair, matched) ? [] : changesBack(pair, matched))),
  ];
}

/** A column that was dropped. */
function comesBack(column: ColumnPart): Loss[] {
  const { name, generated, dataType } = column;
  if (generated !== undefined) return [];
  const gone = losses.valuesGone(name, `every row gets ${filling(column)}`);
  return hasNoFilling(column) ? [gone, losses.noValue(name, dataType)] : [gone];
}

/** What ADD COLUMN writes into existing rows (MySQL manual, "Data Type Default Values"). */
function filling({ nullable, autoIncrement, default: value, dataType }: ColumnPart): string {
  if (autoIncrement) return 'a new number';
  if (value !== undefined) return `its default, ${value}`;
  if (nullable) return 'NULL';
  if (dataType === 'enum') return 'the first member';
  return "the implicit default of its type, such as 0 or ''";
}

/** MySQL refuses these in strict mode without zero dates (1292), and has no empty geometry (1138); MariaDB has both. */
function hasNoFilling({ nullable, default: value, dataType }: ColumnPart): boolean {
  if (nullable || value !== undefined) return false;
  return /^(?:date|datetime|geometry|(?:multi)?(?:point|linestring|polygon)|geom(?:etry)?collection)$/.test(
    dataType,
  );
}

function changesBack(pair: ColumnPair, { renamed }: Matched): Loss[] {
  const { before, after } = pair;
  const { name, check } = before;
  const [was, is] = [before.generated !== undefined, after.generated !== undefined];
  return [
    ...(!was && is ? [losses.valuesGone(name, 'its expression has overwritten them')] : []),
    ...(was && !is ? [losses.valuesLost(name, 'they are computed again')] : []),
    ...(!before.nullable && after.nullable ? [losses.nulls(name)] : []),
    ...(check !== undefined && check !== renamed(after.check ?? '')
      ? [losses.checkViolated(`CHECK (${check})`)]
      : []),
    ...(was ? [] : ofType(pair)),
  ];
}

function ofType({ before, after }: ColumnPair): Loss[] {
  const { name } = before;
  const [old, now] = [typeText(before, after), typeText(after, before)];
  const [back, forth] = [typeChange(after, before), typeChange(before, after)];
  if (back?.other || forth?.other) return [losses.converted(name, old, now)];
  const gained = (back?.membersLost ?? []).map(quoteString).join(', ');
  const isCut = back?.loses || lacksCharacters(before.charset, after.charset);
  return [
    ...(forth?.rounds ? [losses.rounded(name, `stay as they were rounded to ${now}`)] : []),
    ...(back?.rounds ? [losses.rounded(name, `are rounded to ${old}`)] : []),
    ...(gained === '' ? [] : [losses.mayNotFit(`Rows written since with ${gained} in ${name}`)]),
    ...(isCut ? [losses.mayNotFit(`Values written to ${name} since that do not fit ${old}`)] : []),
  ];
}

/** With its character set, if that is what differs. */
function typeText({ type, dataType, charset }: ColumnPart, other: ColumnPart): string {
  const short = type.length > 60 ? dataType : type;
  return charset !== other.charset && charset !== undefined ? `${short} in ${charset}` : short;
}

/** Whether `now` has characters that `old` does not have, as far as is known of the two. */
function lacksCharacters(old: string | undefined, now: string | undefined): boolean {
  if (old === undefined || now === undefined || old === now || now === 'ascii') return false;
  if (allCharacters.includes(old)) return false;
  return !(['utf8mb3', 'ucs2'].includes(old) && !allCharacters.includes(now));
}

const allCharacters = ['utf8mb4', 'utf16', 'utf16le', 'utf32', 'gb18030'];
