import { bytesPerChar, type Kind, type KindOf, type Room } from '../../table/column-kind.js';
import { type Conversion, type Harm, harmed } from './harms.js';

type ToText = Conversion & { after: KindOf<'text'> };

/** Anything to CHAR, VARCHAR or one of the TEXTs. */
export function toText(conversion: ToText): Harm[] | undefined {
  const { column, before, after } = conversion;
  if (before.family === 'text') return [...lossy(column, before, after), ...cutText(conversion, before)];
  if (before.family === 'binary') return [...unreadable(column, after), ...cutBytes(conversion)];
  const longest = longestText(before);
  if (longest === undefined) return undefined;
  const hasMembers = before.family === 'enum' || before.family === 'set';
  const isCut = !fits(longest, after.room, hasMembers ? after.charset : 'ascii');
  return [
    ...(hasMembers ? lossy(column, before, after) : []),
    ...(isCut ? cut(conversion, `CONCAT(${column})`) : []),
  ];
}

/** Manual, "Character Set Conversion": what the target cannot hold would be a `?`; in strict mode it is refused. */
function lossy(column: string, { charset }: { charset: string }, after: { charset: string }): Harm[] {
  if (charset === after.charset || holdsAll.has(after.charset)) return [];
  if (after.charset === 'utf8mb3' && bmpOnly.has(charset)) return [];
  const back = `CONVERT(CONVERT(${column} USING ${after.charset}) USING ${charset})`;
  return harmed(
    'lossy-charset',
    `would lose characters that ${after.charset} cannot hold`,
    `NOT (CAST(${back} AS BINARY) <=> CAST(CONVERT(${column} USING ${charset}) AS BINARY))`,
  );
}

/** All of Unicode. */
const holdsAll = new Set(['utf8mb4', 'utf16', 'utf16le', 'utf32', 'gb18030']);
/** No character beyond the three bytes of utf8mb3. */
const bmpOnly = new Set('latin1 latin2 latin5 latin7 ascii cp1250 cp1251 ucs2 greek hebrew'.split(' '));

/** Bytes are taken over as they are, if they are valid in the new charset. */
function unreadable(column: string, { charset }: KindOf<'text'>): Harm[] {
  // The server does not check bytes on their way to ascii, so they go through a charset that has all of them.
  const byLatin = `CONVERT(CONVERT(CONVERT(${column} USING latin1) USING ascii) USING latin1)`;
  const text = charset === 'ascii' ? byLatin : `CONVERT(${column} USING ${charset})`;
  return harmed(
    'lossy-charset',
    `cannot be read as ${charset}`,
    `${column} IS NOT NULL AND NOT (CAST(${text} AS BINARY) <=> CAST(${column} AS BINARY))`,
  );
}

function cutBytes(conversion: ToText): Harm[] {
  const { column, after } = conversion;
  const endsWithSpace = after.padded && `RIGHT(CAST(${column} AS BINARY),1) = 0x20`;
  return [...cut(conversion, `CONVERT(${column} USING ${after.charset})`), ...spacesCut(endsWithSpace)];
}

function cutText(conversion: ToText, before: KindOf<'text'>): Harm[] {
  const { column, after } = conversion;
  const isShorter =
    'chars' in before.room ? !fits(before.room.chars, after.room, after.charset) : isNarrower(before, after);
  const converted = before.charset === after.charset ? column : `CONVERT(${column} USING ${after.charset})`;
  const fitting = isShorter ? ` AND NOT (${tooLong(converted, after.room)})` : '';
  const spaces = spacesCut(after.padded && !before.padded && `${column} LIKE '% '${fitting}`);
  return isShorter ? [...cut(conversion, converted), ...spaces] : spaces;
}

function spacesCut(condition: string | false): Harm[] {
  return harmed('spaces-cut', 'would lose spaces at the end', condition);
}

/** @param text the value as it will be written */
function cut({ after: { room, padded } }: ToText, text: string): Harm[] {
  if ('bytes' in room) return harmed('value-cut', `would be cut to ${room.bytes} bytes`, tooLong(text, room));
  // If only spaces are beyond the end, a CHAR drops them, and a VARCHAR is refused all the same.
  const kept = padded ? `TRIM(TRAILING ' ' FROM ${text})` : text;
  return harmed('value-cut', `would be cut to ${room.chars} characters`, tooLong(kept, room));
}

function tooLong(text: string, room: Room): string {
  return 'chars' in room ? `CHAR_LENGTH(${text}) > ${room.chars}` : `LENGTH(${text}) > ${room.bytes}`;
}

function isNarrower(before: KindOf<'text'>, after: KindOf<'text'>): boolean {
  if (!('bytes' in before.room)) return true;
  if ('chars' in after.room) return before.room.bytes > after.room.chars;
  const growth = before.charset === after.charset ? 1 : bytesPerChar(after.charset);
  return before.room.bytes * growth > after.room.bytes;
}

/** @param chars the greatest number of characters */
function fits(chars: number, room: Room, charset: string): boolean {
  return 'chars' in room ? chars <= room.chars : chars * bytesPerChar(charset) <= room.bytes;
}

/** Text to bytes keeps those of its own charset. */
export function toBinary({
  column,
  before,
  after,
}: Conversion & { after: KindOf<'binary'> }): Harm[] | undefined {
  const isBytes = before.family === 'binary';
  const longest = longestText(before);
  if (!isBytes && before.family !== 'text' && longest === undefined) return undefined;
  if (before.family === 'json') return undefined;
  const value = isBytes
    ? `CAST(${column} AS BINARY)`
    : before.family === 'text'
      ? column
      : `CONCAT(${column})`;
  const fitsAll = isBytes ? before.bytes <= after.bytes : longest !== undefined && longest * 4 <= after.bytes;
  const fillsAll = isBytes && before.padded && before.bytes >= after.bytes;
  return [
    ...harmed(
      'value-cut',
      `would be cut to ${after.bytes} bytes`,
      !fitsAll && `LENGTH(${value}) > ${after.bytes}`,
    ),
    ...harmed(
      'value-padded',
      `would be padded with zero bytes to ${after.bytes}`,
      after.padded && !fillsAll && `LENGTH(${value}) < ${after.bytes}`,
    ),
  ];
}

/** Characters of the longest text of a type; undefined if it is unknown how the server writes it. */
function longestText(before: Kind): number | undefined {
  switch (before.family) {
    case 'integer':
      return Math.max(String(before.low).length, String(before.high).length);
    case 'decimal': {
      const { digits, scale, unsigned } = before;
      return digits + (scale > 0 ? 1 : 0) + (digits === scale ? 1 : 0) + (unsigned ? 0 : 1);
    }
    case 'float':
      return before.fixed === undefined ? (before.double ? 24 : 14) : before.fixed.digits + 3;
    case 'year':
      return 4;
    case 'date':
      return 10;
    case 'datetime':
    case 'timestamp':
      return 19 + fractionText(before.fraction);
    case 'time':
      return 10 + fractionText(before.fraction);
    case 'enum':
      return Math.max(0, ...before.members.map((member) => [...member].length));
    case 'set':
      return before.members.reduce((sum, member) => sum + [...member].length + 1, -1);
    case 'json':
      return 4_294_967_295;
    default:
      return undefined;
  }
}

function fractionText(fraction: number): number {
  return fraction === 0 ? 0 : fraction + 1;
}
