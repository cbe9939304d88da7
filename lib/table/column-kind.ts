import type { Column } from './shape.js';

/** What a column can hold, as far as a conversion depends on it. */
export type Kind =
  | { family: 'integer'; low: bigint; high: bigint }
  | { family: 'bit'; bits: number }
  | { family: 'year' }
  | { family: 'decimal'; digits: number; scale: number; unsigned: boolean }
  /** `fixed`: FLOAT(M,D) and DOUBLE(M,D), which round like a decimal. */
  | { family: 'float'; double: boolean; unsigned: boolean; fixed?: { digits: number; scale: number } }
  /** Room in characters (CHAR, VARCHAR) or in bytes (the TEXTs). `padded`: CHAR, which strips spaces at the end. */
  | { family: 'text'; charset: string; room: Room; padded: boolean }
  /** `padded`: BINARY, which adds zero bytes at the end. */
  | { family: 'binary'; bytes: number; padded: boolean }
  | { family: 'date' }
  | { family: 'datetime'; fraction: number }
  | { family: 'timestamp'; fraction: number }
  | { family: 'time'; fraction: number }
  | ({ family: 'enum' } & Members)
  | ({ family: 'set' } & Members)
  | { family: 'json' }
  | { family: 'other'; name: string };

interface Members {
  members: readonly string[];
  charset: string;
  collation: string;
}

export type Room = { chars: number } | { bytes: number };
export type KindOf<F extends Kind['family']> = Extract<Kind, { family: F }>;

/** What decides how a column holds values. */
export type TypedColumn = Pick<Column, 'type' | 'dataType'> & Partial<Pick<Column, 'charset' | 'collation'>>;

/** Reads a column's type as information_schema writes it: `int unsigned`, `decimal(10,2)`, `enum('a','b')`. */
export function kindOf(column: TypedColumn): Kind {
  const { dataType, type } = column;
  const unsigned = /\bunsigned\b/.test(type);
  const [first, second] = [...type.matchAll(/\d+/g)].map(Number);
  const bits = integerBits[dataType];
  if (bits !== undefined) return { family: 'integer', ...bounds(bits, unsigned) };
  switch (dataType) {
    case 'bit':
      return { family: 'bit', bits: first ?? 1 };
    case 'year':
    case 'date':
    case 'json':
      return { family: dataType };
    case 'decimal':
      return { family: 'decimal', digits: first ?? 10, scale: second ?? 0, unsigned };
    case 'float':
    case 'double': {
      const fixed = first !== undefined &&
        second !== undefined && { fixed: { digits: first, scale: second } };
      return { family: 'float', double: dataType === 'double', unsigned, ...fixed };
    }
    case 'datetime':
    case 'timestamp':
    case 'time':
      return { family: dataType, fraction: first ?? 0 };
    case 'binary':
    case 'varbinary':
      return { family: 'binary', bytes: first ?? 1, padded: dataType === 'binary' };
    case 'enum':
    case 'set': {
      const { charset = 'utf8mb4', collation = 'utf8mb4_general_ci' } = column;
      return { family: dataType, members: membersOf(type), charset: nameOf(charset), collation };
    }
  }
  return stringKind(column, first) ?? { family: 'other', name: dataType };
}

function stringKind({ dataType, charset }: TypedColumn, length: number | undefined): Kind | undefined {
  const size = /^(tiny|medium|long|)(text|blob)$/.exec(dataType);
  const bytes = size === null ? undefined : blobBytes[size[1] ?? ''];
  if (bytes !== undefined && charset === undefined) return { family: 'binary', bytes, padded: false };
  if (charset === undefined) return undefined;
  const text = { family: 'text', charset: nameOf(charset) } as const;
  if (bytes !== undefined) return { ...text, room: { bytes }, padded: false };
  if (dataType !== 'char' && dataType !== 'varchar') return undefined;
  return { ...text, room: { chars: length ?? 1 }, padded: dataType === 'char' };
}

/** Manual, "Integer Types": bytes of storage. */
const integerBits: Readonly<Record<string, bigint>> = {
  tinyint: 8n,
  smallint: 16n,
  mediumint: 24n,
  int: 32n,
  bigint: 64n,
};

function bounds(bits: bigint, unsigned: boolean): { low: bigint; high: bigint } {
  if (unsigned) return { low: 0n, high: 2n ** bits - 1n };
  return { low: -(2n ** (bits - 1n)), high: 2n ** (bits - 1n) - 1n };
}

/** Manual, "Data Type Storage Requirements": the length of a TEXT or BLOB is in bytes. */
const blobBytes: Readonly<Record<string, number>> = {
  tiny: 255,
  '': 65_535,
  medium: 16_777_215,
  long: 4_294_967_295,
};

/** MySQL up to 8.0.27 says utf8 for utf8mb3. */
function nameOf(charset: string): string {
  return charset === 'utf8' ? 'utf8mb3' : charset;
}

/** `enum('it''s','b')`; information_schema doubles a quote, and leaves a backslash as it is. */
function membersOf(type: string): string[] {
  return [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, member = '']) => member.replaceAll("''", "'"));
}

/** The most bytes of a character; four if the charset is unknown. */
export function bytesPerChar(charset: string): 1 | 2 | 3 | 4 {
  if (/^(utf8|utf8mb3|ujis|eucjpms)$/.test(charset)) return 3;
  if (/^(ucs2|gbk|big5|sjis|cp932|gb2312|euckr)$/.test(charset)) return 2;
  const single =
    /^(latin\d|ascii|binary|cp\d+|koi8[ru]|greek|hebrew|hp8|dec8|swe7|mac(ce|roman)|keybcs2|armscii8|geostd8|tis620)$/;
  return single.test(charset) ? 1 : 4;
}
