import { type Harm, harmed, type Kind, type KindOf, type Pair, type Room } from './pair.js';

/** Anything to CHAR, VARCHAR or one of the TEXTs. */
export function toText(pair: Pair & { after: KindOf<'text'> }): Harm[] | undefined {
  const { column, before, after } = pair;
  if (before.family === 'text') return [...lossy(column, before, after), ...cutText(pair)];
  if (before.family === 'binary') return [...invalid(column, after), ...cutBytes(pair)];
  const longest = longestText(before);
  if (longest === undefined) return undefined;
  if (before.family === 'enum' || before.family === 'set') {
    return [
      ...lossy(column, before, after),
      ...(fits(longest, after.room, after.charset) ? [] : cut(pair, `CONCAT(${column})`)),
    ];
  }
  return fits(longest, after.room, 'ascii') ? [] : cut(pair, `CONCAT(${column})`);
}

/** Manual, "Character Set Conversion": what the target cannot hold would be a `?`; in strict mode it is refused. */
function lossy(column: string, before: { charset: string }, after: { charset: string }): Harm[] {
  const { charset } = before;
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
/** Of one byte, with no character beyond the three bytes of utf8mb3. */
const bmpOnly = new Set([
  'latin1',
  'latin2',
  'latin5',
  'latin7',
  'ascii',
  'cp1250',
  'cp1251',
  'ucs2',
  'greek',
  'hebrew',
]);

/** Bytes are taken over as they are, where they are valid in the charset to come. */
function invalid(column: string, after: KindOf<'text'>): Harm[] {
  const bytes = `CAST(${column} AS BINARY)`;
  // Bytes are not looked at on their way to ascii, so they go by one that has all of them.
  const byLatin = `CONVERT(CONVERT(CONVERT(${column} USING latin1) USING ascii) USING latin1)`;
  const text = after.charset === 'ascii' ? byLatin : `CONVERT(${column} USING ${after.charset})`;
  return harmed(
    'lossy-charset',
    `cannot be read as ${after.charset}`,
    `${column} IS NOT NULL AND NOT (CAST(${text} AS BINARY) <=> ${bytes})`,
  );
}

function cutBytes(pair: Pair & { after: KindOf<'text'> }): Harm[] {
  const { column, after } = pair;
  const spaces = harmed(
    'spaces-cut',
    'would lose spaces at the end',
    after.padded && `RIGHT(CAST(${column} AS BINARY),1) = 0x20`,
  );
  return [...cut(pair, `CONVERT(${column} USING ${after.charset})`), ...spaces];
}

function cutText(pair: Pair & { after: KindOf<'text'> }): Harm[] {
  const { column, before, after } = pair;
  if (before.family !== 'text') return [];
  const isShorter =
    'chars' in before.room ? !fits(before.room.chars, after.room, after.charset) : isNarrower(before, after);
  const converted = before.charset === after.charset ? column : `CONVERT(${column} USING ${after.charset})`;
  const spaces =
    after.padded && !before.padded
      ? harmed(
          'spaces-cut',
          'would lose spaces at the end',
          `${column} LIKE '% '${isShorter ? ` AND NOT (${tooLong(converted, after.room)})` : ''}`,
        )
      : [];
  if (!isShorter) return spaces;
  return [...cut(pair, converted), ...spaces];
}

/** @param text the value as it will be written */
function cut({ after }: Pair & { after: KindOf<'text'> }, text: string): Harm[] {
  const { room } = after;
  if ('bytes' in room) {
    return harmed('value-cut', `would be cut to ${room.bytes} bytes`, tooLong(text, room));
  }
  // Where only spaces are beyond the end, a CHAR forgets them, and a VARCHAR is refused all the same.
  const kept = after.padded ? `TRIM(TRAILING ' ' FROM ${text})` : text;
  return harmed('value-cut', `would be cut to ${room.chars} characters`, tooLong(kept, room));
}

function tooLong(text: string, room: Room): string {
  return 'chars' in room ? `CHAR_LENGTH(${text}) > ${room.chars}` : `LENGTH(${text}) > ${room.bytes}`;
}

function isNarrower(before: KindOf<'text'>, after: KindOf<'text'>): boolean {
  if (!('bytes' in before.room)) return true;
  if ('chars' in after.room) return before.room.bytes > after.room.chars;
  const grows = before.charset !== after.charset && bytesOf(after.charset) > 1;
  return grows
    ? before.room.bytes * bytesOf(after.charset) > after.room.bytes
    : before.room.bytes > after.room.bytes;
}

/** @param chars the greatest number of characters */
function fits(chars: number, room: Room, charset: string): boolean {
  return 'chars' in room ? chars <= room.chars : chars * bytesOf(charset) <= room.bytes;
}

/** The most bytes of a character; four where it is not known. */
function bytesOf(charset: string): number {
  const single =
    /^(latin\d|ascii|cp\d+|koi8[ru]|greek|hebrew|hp8|dec8|swe7|mac(ce|roman)|keybcs2|armscii8|geostd8|tis620)$/;
  if (single.test(charset)) return charset === 'cp932' ? 2 : 1;
  return charset === 'utf8mb3' ? 3 : 4;
}

/** Text to bytes keeps those of its own charset. */
export function toBinary({ column, before, after }: Pair & { after: KindOf<'binary'> }): Harm[] | undefined {
  if (before.family === 'binary' || before.family === 'text') {
    const isWide = before.family === 'binary' && before.bytes <= after.bytes;
    const isFull = before.family === 'binary' && before.padded && before.bytes >= after.bytes;
    const bytes = before.family === 'binary' ? `CAST(${column} AS BINARY)` : column;
    return [
      ...harmed(
        'value-cut',
        `would be cut to ${after.bytes} bytes`,
        !isWide && `LENGTH(${bytes}) > ${after.bytes}`,
      ),
      ...harmed(
        'value-padded',
        `would be filled up with zero bytes to ${after.bytes}`,
        after.padded && !isFull && `LENGTH(${bytes}) < ${after.bytes}`,
      ),
    ];
  }
  const longest = longestText(before);
  if (longest === undefined || before.family === 'json') return undefined;
  const length = `LENGTH(CONCAT(${column}))`;
  return [
    ...harmed(
      'value-cut',
      `would be cut to ${after.bytes} bytes`,
      longest * 4 > after.bytes && `${length} > ${after.bytes}`,
    ),
    ...harmed(
      'value-padded',
      `would be filled up with zero bytes to ${after.bytes}`,
      after.padded && `${length} < ${after.bytes}`,
    ),
  ];
}

/** Characters of the longest text of a type; undefined where it is not known how it is written. */
function longestText(before: Kind): number | undefined {
  switch (before.family) {
    case 'integer':
      return Math.max(String(before.low).length, String(before.high).length);
    case 'decimal':
      return (
        before.digits +
        (before.scale > 0 ? 1 : 0) +
        (before.digits === before.scale ? 1 : 0) +
        (before.unsigned ? 0 : 1)
      );
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
