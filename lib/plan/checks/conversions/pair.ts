import type { ServerFacts } from '../../../inspect/server.js';
import type { Kind } from './kind.js';

/** One column before and after the change. */
export interface Pair<Before extends Kind = Kind, After extends Kind = Kind> {
  /** The column in the table as it is, quoted: predicates read it under its old name. */
  column: string;
  before: Before;
  after: After;
  server: Pick<ServerFacts, 'flavor' | 'version'>;
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

export type HarmId = keyof typeof harms;

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
