import { bytesPerChar, type Kind, kindOf, type TypedColumn } from '../table/column-kind.js';

/** What a change of type does to the values that a column can hold. */
export interface TypeChange {
  /** Another kind of value: an application may read and write it in another way. */
  other?: boolean;
  /** Values that fit before and not afterwards. */
  loses?: boolean;
  /** Values that fit afterwards and not before. */
  gains?: boolean;
  /** Digits after the point, or of seconds, are lost: such values are rounded and not refused. */
  rounds?: boolean;
  /** Of ENUM and SET. */
  membersLost?: readonly string[];
  membersGained?: readonly string[];
  /** Members that stay have another order, which is the order of sorting. */
  membersMoved?: boolean;
}

/** By the ranges of types (MySQL manual 13.1 to 13.3). Undefined: an application does not notice the change. */
export function typeChange(before: TypedColumn, after: TypedColumn): TypeChange | undefined {
  if (before.type === after.type && before.charset === after.charset) return undefined;
  const change = changeOfRange(rangeOf(before), rangeOf(after));
  const isNoticed = Object.values(change).some((value) => (Array.isArray(value) ? value.length > 0 : value));
  return isNoticed ? change : undefined;
}

/** What a column can hold, as far as types differ in it. */
interface Range {
  /** Values of different families are not converted without being noticed. */
  family: string;
  /** Numbers: least and greatest value. Texts and bytes: the length that always fits, and that may fit. */
  low: bigint;
  high: bigint;
  isLength?: boolean;
  /** Digits after the point, or of seconds. */
  scale?: number;
  members?: readonly string[];
}

function changeOfRange(was: Range, is: Range): TypeChange {
  if (was.family !== is.family) return { other: true };
  if (was.members && is.members) return changeOfMembers(was.members, is.members);
  const [before, after] = [was.scale ?? 0, is.scale ?? 0];
  return { loses: !holds(is, was), gains: !holds(was, is) || after > before, rounds: before > after };
}

function changeOfMembers(was: readonly string[], is: readonly string[]): TypeChange {
  const stay = was.filter((member) => is.includes(member));
  const order = is.filter((member) => was.includes(member));
  return {
    membersLost: was.filter((member) => !is.includes(member)),
    membersGained: is.filter((member) => !was.includes(member)),
    membersMoved: stay.some((member, i) => member !== order[i]),
  };
}

/** Whether every value of `inner` fits into `outer`, apart from the digits after its point. */
function holds(outer: Range, inner: Range): boolean {
  if (outer.isLength) return outer.low >= inner.high;
  return outer.low <= inner.low && outer.high >= inner.high;
}

function rangeOf(column: TypedColumn): Range {
  const isText = column.charset === undefined && /(char|text)$/.test(column.dataType);
  const kind: Kind = kindOf(isText ? { ...column, charset: 'utf8mb4' } : column);
  const { family } = kind;
  const none = { low: 0n, high: 0n };
  switch (kind.family) {
    case 'integer':
      return { ...kind, family: 'exact' };
    case 'decimal': {
      const high = 10n ** BigInt(Math.max(0, kind.digits - kind.scale)) - 1n;
      return { family: 'exact', low: kind.unsigned ? 0n : -high, high, scale: kind.scale };
    }
    case 'float':
      return { family, low: kind.unsigned ? 0n : -1n, high: kind.double ? 2n : 1n };
    case 'bit':
      return { family, low: 0n, high: 2n ** BigInt(kind.bits) };
    case 'time':
    case 'datetime':
    case 'timestamp':
      return { family, ...none, scale: kind.fraction };
    case 'enum':
    case 'set':
      return { family, ...none, members: kind.members };
    case 'text':
      return 'chars' in kind.room
        ? lengths(family, kind.room.chars)
        : lengths(family, kind.room.bytes, bytesPerChar(kind.charset));
    case 'binary':
      // BINARY is padded with zero bytes, so that another length is another value.
      return lengths(kind.padded ? `binary(${kind.bytes})` : family, kind.bytes);
    default:
      return { family: column.type, ...none };
  }
}

function lengths(family: string, most: number, bytesPerChar = 1): Range {
  return { family, low: BigInt(most) / BigInt(bytesPerChar), high: BigInt(most), isLength: true };
}
