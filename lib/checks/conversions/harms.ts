import type { ServerIdentity } from '../../inspect/capabilities.js';
import type { Kind } from '../../table/column-kind.js';

/** The conversion of one column. */
export interface Conversion<After extends Kind = Kind> {
  /** The column in the present table, quoted: predicates read it under its old name. */
  column: string;
  before: Kind;
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
 * The server in strict mode, and gh-ost with --panic-on-warnings, refuse what is `final`: to accept it gains nothing. The
 * others happen silently, or with a note: a direct ALTER succeeds, and the value is another. (Measured on MySQL 9.7 and
 * MariaDB 10.11, a value at a time.)
 */
export const harms = {
  'not-a-number': { level: 'danger', final: true },
  'not-a-date': { level: 'danger', final: true },
  /** Some are refused; MySQL silently turns others ('' and '1e3') into 00:00:00. */
  'not-a-time': { level: 'danger', final: false },
  'not-json': { level: 'danger', final: true },
  'not-a-member': { level: 'danger', final: true },
  'member-gone': { level: 'danger', final: true },
  'lossy-charset': { level: 'danger', final: true },
  /** '007' becomes 7: post codes and telephone numbers. */
  'leading-zeros-lost': { level: 'danger', final: false },
  'value-cut': { level: 'danger', final: true },
  'value-out-of-range': { level: 'danger', final: true },
  /** Digits, fractions of a second, times of day or dates are lost, silently or with a note. */
  'value-rounded': { level: 'danger', final: false },
  /** Another value that stands for the same: 7 becomes the year 2007, 'A' the member 'a'. */
  'value-rewritten': { level: 'danger', final: false },
  /** BINARY(n) is padded with zero bytes; `=` no longer finds the value. */
  'value-padded': { level: 'danger', final: false },
  /** Nobody sees them, and most collations do not compare them. */
  'spaces-cut': { level: 'warning', final: false },
} as const;

/** @param conditions each is enough; one that is false can never be true */
export function harmed(id: HarmId, what: string, ...conditions: (string | false | undefined)[]): Harm[] {
  const possible = conditions.filter((condition) => typeof condition === 'string');
  return possible.length === 0 ? [] : [{ id, offends: eitherOf(possible), what }];
}

export function eitherOf(conditions: readonly string[]): string {
  return conditions.map((condition) => `(${condition})`).join(' OR ');
}

/** Functions on patterns do not take every charset, nor binary strings (MySQL 8, error 3995). */
export function asText(column: string, before: Kind): string {
  return `CONVERT(${column} USING ${before.family === 'binary' ? 'latin1' : 'utf8mb4'})`;
}
