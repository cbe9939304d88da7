import { domainOf, holds, type TypedColumn } from './domain.js';

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
