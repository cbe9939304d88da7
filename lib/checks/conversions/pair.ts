import type { ServerIdentity } from '../../inspect/capabilities.js';
import type { Column } from '../../table/shape.js';

/** One column before and after the change. */
export interface Pair<Before extends Kind = Kind, After extends Kind = Kind> {
  /** The column in the table as it is, quoted: predicates read it under its old name. */
  column: string;
  before: Before;
  after: After;
  server: ServerIdentity;
}

/** Rows that a conversion would harm in one way. */
export interface Harm {
  /** The check's id. */
  id: HarmId;
  /** An SQL predicate: true for a row that is harmed. */
  offends: string;
  /** What becomes of the value, as the rest of a sentence: `would be cut to 10 characters`. */
  what: string;
}

type HarmId = keyof typeof harms;

/**
 * What is `final` is refused by the server in strict mode, and by gh-ost with --panic-on-warnings: nothing is won by
 * accepting it. The others are done silently, or with a note: a direct ALTER ends well, and the value is another.
 * (Measured on MySQL 9.7 and MariaDB 10.11, a value at a time.)
 */
export const harms = {
  'value-cut': { level: 'danger', final: true },
  'value-out-of-range': { level: 'danger', final: true },
  'member-gone': { level: 'danger', final: true },
  'not-a-member': { level: 'danger', final: true },
  'not-a-number': { level: 'danger', final: true },
  'not-a-date': { level: 'danger', final: true },
  'not-json': { level: 'danger', final: true },
  'lossy-charset': { level: 'danger', final: true },
  /** Digits, fractions of a second, times of day or dates go, and the server says nothing or writes a note. */
  'value-rounded': { level: 'danger', final: false },
  /** Some of them are refused; MySQL makes 00:00:00 of others (of '' and '1e3'), and says nothing. */
  'not-a-time': { level: 'danger', final: false },
  /** Another value that stands for the same: 7 becomes the year 2007, 'A' the member 'a'. */
  'value-rewritten': { level: 'danger', final: false },
  /** '007' becomes 7: post codes and telephone numbers. */
  'leading-zeros-lost': { level: 'danger', final: false },
  /** BINARY(n) fills up with zero bytes; `=` does not find the value any more. */
  'value-padded': { level: 'danger', final: false },
  /** Nobody sees them, and most collations do not compare them. */
  'spaces-cut': { level: 'warning', final: false },
} as const;

export const eitherOf = (...conditions: readonly (string | false | undefined)[]): string => {
  const parts = conditions.filter((condition) => condition !== false && condition !== undefined);
  return parts.length === 0 ? 'FALSE' : parts.map((part) => `(${part})`).join(' OR ');
};

/** Leaves out what can never be true. */
export function harmed(
  id: HarmId,
  what: string,
  ...conditions: readonly (string | false | undefined)[]
): Harm[] {
  const offends = eitherOf(...conditions);
  return offends === 'FALSE' ? [] : [{ id, offends, what }];
}

/** What a column can hold, as far as conversions are judged by it. */
export type Kind =
  | { family: 'integer'; low: bigint; high: bigint }
  | { family: 'bit'; bits: number }
  | { family: 'year' }
  | { family: 'decimal'; digits: number; scale: number; unsigned: boolean }
  /** `fixed`: FLOAT(M,D) and DOUBLE(M,D), which round like a decimal. */
  | { family: 'float'; double: boolean; unsigned: boolean; fixed?: { digits: number; scale: number } }
  /** Room in characters (CHAR, VARCHAR) or in bytes (the TEXTs). `padded`: CHAR, which forgets spaces at the end. */
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

/** Reads a column's type as information_schema says it: `int unsigned`, `decimal(10,2)`, `enum('a','b')`. */
export function kindOf(column: Column): Kind {
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

function stringKind({ dataType, charset }: Column, length: number | undefined): Kind | undefined {
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
