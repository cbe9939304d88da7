import type { Column } from '../table/shape.js';

/** What becomes of the values that a column can hold. */
export interface TypeChange {
  /** Values that fit before and do not afterwards. */
  loses: boolean;
  /** Values that fit afterwards and do not before. */
  gains: boolean;
  /** Another kind of value: an application may read and write it in another way. */
  other: boolean;
  /** Digits after the point, or of seconds, go: such values are rounded and not refused. */
  rounds: boolean;
  /** Of ENUM and SET. */
  membersLost: readonly string[];
  membersGained: readonly string[];
  /** Members that stay have another order, which is the order of sorting. */
  membersMoved: boolean;
}

const none: TypeChange = {
  loses: false,
  gains: false,
  other: false,
  rounds: false,
  membersLost: [],
  membersGained: [],
  membersMoved: false,
};

/** By the ranges of types (MySQL manual 13.1 to 13.3). Undefined: an application notices nothing of the type. */
export function typeChange(before: TypedColumn, after: TypedColumn): TypeChange | undefined {
  if (before.type === after.type && before.charset === after.charset) return undefined;
  const [was, is] = [domainOf(before), domainOf(after)];
  if (was.kind === 'members' && is.kind === 'members' && before.dataType === after.dataType) {
    return unlessNone(ofMembers(was.members, is.members));
  }
  if (was.kind !== is.kind || was.family !== is.family) return { ...none, other: true };
  const [loses, rounds] = [!holds(is, was), was.scale > is.scale];
  return unlessNone({ ...none, loses, rounds, gains: !holds(was, is) || is.scale > was.scale });
}

function ofMembers(was: readonly string[], is: readonly string[]): TypeChange {
  const stay = was.filter((member) => is.includes(member));
  const order = is.filter((member) => was.includes(member));
  return {
    ...none,
    membersLost: was.filter((member) => !is.includes(member)),
    membersGained: is.filter((member) => !was.includes(member)),
    membersMoved: stay.some((member, i) => member !== order[i]),
  };
}

function unlessNone(change: TypeChange): TypeChange | undefined {
  const { loses, gains, other, rounds, membersLost, membersGained, membersMoved } = change;
  const any = loses || gains || other || rounds || membersMoved;
  return any || membersLost.length + membersGained.length > 0 ? change : undefined;
}

/** What a type is told by. */
type TypedColumn = Pick<Column, 'type' | 'dataType' | 'charset'>;

/** What a column can hold, as far as types differ in it. */
interface Domain {
  kind: 'number' | 'text' | 'binary' | 'time' | 'members' | 'else';
  /** Within a kind, what does not turn into each other without being noticed. */
  family: string;
  /** Of numbers the least and greatest value; of texts and bytes the length: surely, and at the best. */
  low: bigint;
  high: bigint;
  /** Digits after the point, or of seconds. */
  scale: number;
  members: readonly string[];
}

/** Whether every value of `inner` fits into `outer`, apart from the digits after its point. */
function holds(outer: Domain, inner: Domain): boolean {
  if (outer.kind === 'text' || outer.kind === 'binary') return outer.low >= inner.high;
  return outer.low <= inner.low && outer.high >= inner.high;
}

function domainOf(column: TypedColumn): Domain {
  const { dataType, type } = column;
  const [, first = '', second = ''] = /^\w+\((\d+)(?:,(\d+))?\)/.exec(type) ?? [];
  const unsigned = /\bunsigned\b/.test(type);
  const bytes = integers[dataType];
  if (bytes !== undefined) return integer(bytes, unsigned);
  switch (dataType) {
    case 'decimal':
    case 'numeric':
      return decimal(Number(first || 10), Number(second || 0), unsigned);
    case 'float':
    case 'double':
      return range('number', 'float', unsigned ? 0n : -1n, dataType === 'double' ? 2n : 1n);
    case 'enum':
    case 'set':
      return { ...range('members', dataType, 0n, 0n), members: membersOf(type) };
    case 'time':
    case 'datetime':
    case 'timestamp':
      return range('time', dataType, 0n, 0n, Number(first || 0));
    case 'bit':
      return range('number', 'bit', 0n, 2n ** BigInt(first || 1));
    case 'char':
    case 'varchar':
      return length('text', BigInt(first || 1));
    case 'binary':
      // Filled up with zero bytes, so that another length is another value.
      return length('binary', BigInt(first || 1), `binary(${first})`);
    case 'varbinary':
      return length('binary', BigInt(first || 1));
  }
  const blob = blobs[dataType];
  if (blob !== undefined) return length('binary', blob);
  const text = texts[dataType];
  if (text !== undefined) {
    return { ...range('text', 'text', text / BigInt(bytesOfChar(column.charset)), text) };
  }
  return range('else', type, 0n, 0n);
}

const integers: Readonly<Record<string, bigint>> = {
  tinyint: 1n,
  smallint: 2n,
  mediumint: 3n,
  int: 4n,
  bigint: 8n,
};
const blobs: Readonly<Record<string, bigint>> = {
  tinyblob: 2n ** 8n - 1n,
  blob: 2n ** 16n - 1n,
  mediumblob: 2n ** 24n - 1n,
  longblob: 2n ** 32n - 1n,
};
const texts: Readonly<Record<string, bigint>> = {
  tinytext: 2n ** 8n - 1n,
  text: 2n ** 16n - 1n,
  mediumtext: 2n ** 24n - 1n,
  longtext: 2n ** 32n - 1n,
};

function integer(bytes: bigint, unsigned: boolean): Domain {
  const values = 2n ** (8n * bytes);
  return unsigned
    ? range('number', 'exact', 0n, values - 1n)
    : range('number', 'exact', -values / 2n, values / 2n - 1n);
}

function decimal(digits: number, scale: number, unsigned: boolean): Domain {
  const high = 10n ** BigInt(Math.max(0, digits - scale)) - 1n;
  return range('number', 'exact', unsigned ? 0n : -high, high, scale);
}

function length(kind: Domain['kind'], size: bigint, family: string = kind): Domain {
  return range(kind, family, size, size);
}

function range(kind: Domain['kind'], family: string, low: bigint, high: bigint, scale = 0): Domain {
  return { kind, family, low, high, scale, members: [] };
}

/** How many bytes a character takes at most. */
function bytesOfChar(charset = 'utf8mb4'): number {
  if (/^(utf8mb4|utf16|utf32|gb18030)/.test(charset)) return 4;
  if (/^(utf8|ujis|eucjpms)/.test(charset)) return 3;
  return /^(ucs2|gbk|big5|sjis|cp932|gb2312|euckr)/.test(charset) ? 2 : 1;
}

/** By the quotes alone: whatever sql_mode they were written under, they are compared with each other only. */
function membersOf(type: string): string[] {
  return [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, member = '']) => member.replaceAll("''", "'"));
}
