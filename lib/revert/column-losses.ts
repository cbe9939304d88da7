import { typeChange } from '../compatibility/type-change.js';
import { quoteString } from '../sql/names.js';
import type { Column } from '../table/column.js';
import { type ColumnPair, isUnchanged, type Loss, type Matched } from './columns.js';

/** Values that do not come back, go, or may not fit. */
export function columnLosses(matched: Matched): Loss[] {
  return [
    ...matched.gone.flatMap(comesBack),
    ...matched.come.flatMap(goes),
    ...matched.kept.flatMap((pair) => (isUnchanged(pair, matched) ? [] : changesBack(pair, matched))),
  ];
}

/** A column that was dropped. */
function comesBack(column: Column): Loss[] {
  const { name, generated } = column;
  if (generated !== undefined) return [];
  const gone = {
    id: 'values-gone',
    text: `The values that ${name} had do not come back: in every row it has ${filling(column)}.`,
  };
  return hasNoFilling(column)
    ? [
        gone,
        {
          id: 'no-value',
          text: `${name} is NOT NULL and has no default: where the server takes no empty ${column.dataType}, as MySQL does not, the statement fails while the table has rows.`,
        },
      ]
    : [gone];
}

/** What ADD COLUMN writes into the rows that are there (MySQL manual, "Data Type Default Values"). */
function filling({ nullable, autoIncrement, default: value, dataType }: Column): string {
  if (autoIncrement) return 'a new number';
  if (value !== undefined) return `its default, ${value}`;
  if (nullable) return 'NULL';
  if (dataType === 'enum') return 'the first member';
  return "what its type has for nothing, such as 0 or ''";
}

/** MySQL refuses these in strict mode without zero dates (1292), and has no empty geometry (1138); MariaDB has both. */
function hasNoFilling({ nullable, default: value, dataType }: Column): boolean {
  if (nullable || value !== undefined) return false;
  return /^(?:date|datetime|geometry|(?:multi)?(?:point|linestring|polygon)|geom(?:etry)?collection)$/.test(
    dataType,
  );
}

/** A column that was added. */
function goes({ name, generated }: Column): Loss[] {
  if (generated !== undefined) return [];
  return [{ id: 'values-lost', text: `The values that ${name} has now are lost with it.` }];
}

function changesBack(pair: ColumnPair, { renamed }: Matched): Loss[] {
  const { before, after } = pair;
  const { name } = before;
  const losses: Loss[] = [];
  if (before.generated === undefined && after.generated !== undefined) {
    const text = `The values that ${name} had were overwritten by what its expression gives, and do not come back.`;
    losses.push({ id: 'values-gone', text });
  }
  if (before.generated !== undefined && after.generated === undefined) {
    const text = `The values written to ${name} since are lost: they are computed again.`;
    losses.push({ id: 'values-lost', text });
  }
  if (!before.nullable && after.nullable) {
    const text = `Where ${name} is NULL, NOT NULL refuses the row, and the statement fails.`;
    losses.push({ id: 'nulls', text });
  }
  if (before.check !== undefined && before.check !== renamed(after.check ?? '')) {
    const text = `Rows written since that break CHECK ${before.check} make the statement fail.`;
    losses.push({ id: 'check-violated', text });
  }
  return before.generated === undefined ? [...losses, ...ofType(pair)] : losses;
}

function ofType({ before, after }: ColumnPair): Loss[] {
  const { name } = before;
  const [old, now] = [typeText(before, after), typeText(after, before)];
  const [back, forth] = [typeChange(after, before), typeChange(before, after)];
  if (back?.other || forth?.other) {
    const text = `What ${name} held as ${old} was converted to ${now}, and is converted again: it may not be what it was, and values that are no ${old} make the statement fail.`;
    return [{ id: 'converted', text }];
  }
  const losses: Loss[] = [];
  if (forth?.rounds) {
    losses.push({ id: 'rounded', text: `What ${name} lost when it became ${now} does not come back.` });
  }
  if (back?.rounds) {
    losses.push({ id: 'rounded', text: `What ${name} has now is rounded to the digits of ${old}.` });
  }
  const gained = back?.membersLost ?? [];
  if (gained.length > 0) {
    const text = `Rows written since with ${gained.map(quoteString).join(', ')} in ${name} make the statement fail.`;
    losses.push({ id: 'may-not-fit', text });
  }
  if (back?.loses || lacksCharacters(before.charset, after.charset)) {
    const text = `Values written to ${name} since that do not fit ${old} make the statement fail.`;
    losses.push({ id: 'may-not-fit', text });
  }
  return losses;
}

/** With its character set, where that is what differs. */
function typeText({ type, dataType, charset }: Column, other: Column): string {
  const short = type.length > 60 ? dataType : type;
  return charset !== other.charset && charset !== undefined ? `${short} in ${charset}` : short;
}

/** Whether there are characters that `now` has and `old` has not, as far as is known of the two. */
function lacksCharacters(old: string | undefined, now: string | undefined): boolean {
  if (old === undefined || now === undefined || old === now || now === 'ascii') return false;
  if (allCharacters.includes(old)) return false;
  return !(['utf8mb3', 'ucs2'].includes(old) && !allCharacters.includes(now));
}

const allCharacters = ['utf8mb4', 'utf16', 'utf16le', 'utf32', 'gb18030'];
