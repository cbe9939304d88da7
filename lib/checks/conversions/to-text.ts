import { bytesPerChar, type Kind, type KindOf, type Room } from '../../table/column-kind.js';
import { type Conversion, type Harm, harmed } from './harms.js';

type ToText = Conversion<KindOf<'text'>>;

/** Anything to CHAR, VARCHAR or one of the TEXTs. */
export function toText(conversion: ToText): Harm[] | undefined {
  const { column, before, after } = conversion;
  if (before.family === 'text') return ofText(conversion, before);
  if (before.family === 'binary') return ofBytes(conversion);
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
  const holdsAll = charset === after.charset || unicode.has(after.charset);
  if (holdsAll || (after.charset === 'utf8mb3' && bmpOnly.has(charset))) return [];
  const back = `CONVERT(CONVERT(${column} USING ${after.charset}) USING ${charset})`;
  return harmed(
    'lossy-charset',
    `would lose characters that ${after.charset} cannot hold`,
    `NOT (CAST(${back} AS BINARY) <=> CAST(CONVERT(${column} USING ${charset}) AS BINARY))`,
  );
}

/** All of Unicode. */
const unicode = new Set(['utf8mb4', 'utf16', 'utf16le', 'utf32', 'gb18030']);
/** No character beyond the three bytes of utf8mb3. */
const bmpOnly = new Set('latin1 latin2 latin5 latin7 ascii cp1250 cp1251 ucs2 greek hebrew'.split(' '));

/** Bytes are taken over as they are, if they are valid in the new charset. */
function ofBytes(conversion: ToText): Harm[] {
  const { column, after } = conversion;
  const { charset, padded } = after;
  const text = `CONVERT(${column} USING ${charset})`;
  // The server does not check bytes on their way to ascii, so they go through a charset that has all of them.
  const byLatin = `CONVERT(CONVERT(CONVERT(${column} USING latin1) USING ascii) USING latin1)`;
  const bytes = `CAST(${column} AS BINARY)`;
  return [
    ...harmed(
      'lossy-charset',
      `cannot be read as ${charset}`,
      `${column} IS NOT NULL AND NOT (CAST(${charset === 'ascii' ? byLatin : text} AS BINARY) <=> ${bytes})`,
    ),
    ...cut(conversion, text),
    ...spacesCut(padded && `RIGHT(${bytes},1) = 0x20`),
  ];
}

function ofText(conversion: ToText, before: KindOf<'text'>): Harm[] {
  const { column, after } = conversion;
  const isSameCharset = before.charset === after.charset;
  const isShorter = mayBeTooLong(before, after, isSameCharset);
  const converted = isSameCharset ? column : `CONVERT(${column} USING ${after.charset})`;
  const fitting = isShorter ? ` AND NOT (${tooLong(converted, after.room)})` : '';
  return [
    ...lossy(column, before, after),
    ...(isShorter ? cut(conversion, converted) : []),
    ...spacesCut(after.padded && !before.padded && `${column} LIKE '% '${fitting}`),
  ];
}

function mayBeTooLong({ room }: KindOf<'text'>, after: KindOf<'text'>, isSameCharset: boolean): boolean {
  if ('chars' in room) return !fits(room.chars, after.room, after.charset);
  if ('chars' in after.room) return room.bytes > after.room.chars;
  return room.bytes * (isSameCharset ? 1 : bytesPerChar(after.charset)) > after.room.bytes;
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

/** @param chars the greatest number of characters */
function fits(chars: number, room: Room, charset: string): boolean {
  return 'chars' in room ? chars <= room.chars : chars * bytesPerChar(charset) <= room.bytes;
}

/** Text to bytes keeps those of its own charset. */
export function toBinary({ column, before, after }: Conversion<KindOf<'binary'>>): Harm[] | undefined {
  const bytes = bytesOf(column, before);
  if (bytes === undefined) return undefined;
  const isTooShort = after.padded && !(bytes.padded && bytes.most >= after.bytes);
  return [
    ...harmed(
      'value-cut',
      `would be cut to ${after.bytes} bytes`,
      bytes.most > after.bytes && `LENGTH(${bytes.value}) > ${after.bytes}`,
    ),
    ...harmed(
      'value-padded',
      `would be padded with zero bytes to ${after.bytes}`,
      isTooShort && `LENGTH(${bytes.value}) < ${after.bytes}`,
    ),
  ];
}

/** A value as bytes, and how many they may be. */
function bytesOf(column: string, before: Kind): { value: string; most: number; padded: boolean } | undefined {
  if (before.family === 'binary')
    return { value: `CAST(${column} AS BINARY)`, most: before.bytes, padded: before.padded };
  if (before.family === 'text') return { value: column, most: Number.POSITIVE_INFINITY, padded: false };
  const longest = before.family === 'json' ? undefined : longestText(before);
  return longest === undefined ? undefined : { value: `CONCAT(${column})`, most: longest * 4, padded: false };
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
    case 'time':
      return (before.family === 'time' ? 10 : 19) + (before.fraction === 0 ? 0 : before.fraction + 1);
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
