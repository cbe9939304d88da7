import { keyword, nameOf } from './cursor.js';
import type { Token } from './lexer.js';
import type { AlterStatement } from './statement.js';

export interface Assertion {
  name: 'algorithm' | 'lock';
  /** In upper case. */
  value: string;
  /** How many tokens it takes. */
  length: number;
}

/** `ALGORITHM [=] x` or `LOCK [=] x`, if it stands at this place. */
export function readAssertion(tokens: readonly Token[], at: number): Assertion | undefined {
  const name = assertionNames.get(keyword(tokens[at]) ?? '');
  if (!name) return undefined;
  const equals = tokens[at + 1]?.text === '=' ? 1 : 0;
  const token = tokens[at + 1 + equals];
  const value = token && nameOf(token);
  if (!value) return undefined;
  return { name, value: value.toUpperCase(), length: 2 + equals };
}

const assertionNames = new Map<string, Assertion['name']>([
  ['ALGORITHM', 'algorithm'],
  ['LOCK', 'lock'],
]);

/**
 * The options of CREATE INDEX and DROP INDEX stand side by side without commas: returns them without ALGORITHM
 * and LOCK, which go into `asserted`.
 */
export function takeAssertions(tokens: readonly Token[], asserted: AlterStatement['asserted']): Token[] {
  const kept: Token[] = [];
  let depth = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) break;
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    const isParserName = keyword(tokens[at - 1]) === 'PARSER';
    const assertion = depth === 0 && !isParserName ? readAssertion(tokens, at) : undefined;
    if (assertion) {
      asserted[assertion.name] = assertion.value;
      at += assertion.length - 1;
    } else kept.push(token);
  }
  return kept;
}
