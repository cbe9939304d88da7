import type { Token } from './lexer.js';
import { hasKeyword, keyword } from './tokens.js';

const bounds = ['LOCK_WAIT_TIMEOUT', 'INNODB_LOCK_WAIT_TIMEOUT'];

/**
 * Why a SET may not stand in a migration, in words that say what to do instead. Each statement is committed and
 * recorded by itself: without autocommit the end of the session would roll back what the record says was done.
 * @param tokens of one statement, from SET on
 * @returns undefined where it may
 */
export function hazardOfSet(tokens: readonly Token[]): string | undefined {
  const [, first] = tokens;
  if (['PASSWORD', 'ROLE', 'DEFAULT'].includes(keyword(first) ?? '')) {
    return 'Leave accounts out: their passwords would stand in plans and logs.';
  }
  for (const [i, token] of tokens.entries()) {
    const name = keyword(token) ?? '';
    const value = valueAt(tokens, i + 1);
    if (value === undefined || isElsewhere(tokens, i)) continue;
    if (name === 'AUTOCOMMIT' && !['1', 'ON', 'TRUE', 'DEFAULT'].includes(value.toUpperCase())) {
      return 'Leave autocommit as it is: each statement here is committed and recorded by itself.';
    }
    if (bounds.includes(name)) {
      return 'Leave it out: --lock-wait-timeout and --lock-budget say how long a lock is waited for.';
    }
  }
  return undefined;
}

/** What is assigned there, by `=` or `:=`. */
function valueAt(tokens: readonly Token[], at: number): string | undefined {
  if (tokens[at]?.text === '=') return tokens[at + 1]?.text ?? '';
  return tokens[at]?.text === ':' && tokens[at + 1]?.text === '=' ? (tokens[at + 2]?.text ?? '') : undefined;
}

/** A variable of the user, or one of the whole server, which no session that is open takes over. */
function isElsewhere(tokens: readonly Token[], at: number): boolean {
  const [beforeLast, last] = [tokens[at - 2]?.text, tokens[at - 1]?.text];
  if (last === '@') return beforeLast !== '@';
  const scope = last === '.' ? beforeLast : last;
  return ['GLOBAL', 'PERSIST', 'PERSIST_ONLY'].includes(scope?.toUpperCase() ?? '');
}

const decisive = [
  'SQL_MODE',
  'OLD_MODE',
  'INNODB_STRICT_MODE',
  'DEFAULT_STORAGE_ENGINE',
  'STORAGE_ENGINE',
  'SQL_REQUIRE_PRIMARY_KEY',
  'EXPLICIT_DEFAULTS_FOR_TIMESTAMP',
  'SQL_SAFE_UPDATES',
];

/** Whether a SET decides which statements the server takes: behind it, one that is refused on trial may pass. */
export function decidesWhatPasses(set: string): boolean {
  return hasKeyword(set, ...decisive);
}
