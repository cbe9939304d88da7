import { typeChange } from '../compatibility/type-change.js';
import { quoteString } from '../sql/names.js';
import type { Column } from '../table/column.js';
import { type ColumnPair, isUnchanged, type Matched } from './columns.js';
import { type Loss, losses } from './losses.js';

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
function comesBack(column: Column): Loss[] {
  const { name, generated, dataType } = column;
  if (generated !== undefined) return [];
  const gone = losses.valuesGone(name, `every row gets ${filling(column)}`);
  return hasNoFilling(column) ? [gone, losses.noValue(name, dataType)] : [gone];
}

/** What ADD COLUMN writes into existing rows (MySQL manual, "Data Type Default Values"). */
function filling({ nullable, autoIncrement, default: value, dataType }: Column): string {
  if (autoIncrement) return 'a new number';
  if (value !== undefined) return `its default, ${value}`;
  if (nullable) return 'NULL';
  if (dataType === 'enum') return 'the first member';
  return "the implicit default of its type, such as 0 or ''";
}

/** MySQL refuses these in strict mode without zero dates (1292), and has no empty geometry (1138); MariaDB has both. */
function hasNoFilling({ nullable, default: value, dataType }: Column): boolean {
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
function typeText({ type, dataType, charset }: Column, other: Column): string {
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
