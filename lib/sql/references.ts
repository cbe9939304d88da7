import { keyword, nameOf } from './cursor.js';
import type { Token } from './lexer.js';
import type { Reference } from './statement.js';

interface Placed {
  token: Token;
  offset: number;
}

/** The tables after REFERENCES in one clause; `offsets` says where its tokens stand, `base` where it begins. */
export function findReferences(
  tokens: readonly Token[],
  offsets: readonly number[],
  base: number,
): Reference[] {
  const placed = tokens
    .map((token, index): Placed => ({ token, offset: base + (offsets[index] ?? 0) }))
    .filter(({ token }) => token.kind !== 'code-open' && token.kind !== 'code-close');
  return placed.flatMap(({ token }, index) =>
    keyword(token) === 'REFERENCES' ? tableAt(placed, index + 1) : [],
  );
}

function tableAt(placed: readonly Placed[], at: number): Reference[] {
  const first = placed[at];
  const name = first && nameOf(first.token);
  if (!first || name === undefined) return [];
  const second = placed[at + 1]?.token.text === '.' ? placed[at + 2] : undefined;
  const table = second && nameOf(second.token);
  if (!second || table === undefined) return [{ table: name, start: first.offset, end: endOf(first) }];
  return [{ schema: name, table, start: first.offset, end: endOf(second) }];
}

function endOf({ token, offset }: Placed): number {
  return offset + token.text.length;
}
