import { exitCodes, Fault } from '../fault.js';
import { refuseExecutableComment } from './executable-comment.js';
import type { Token } from './lexer.js';
import { placeOf } from './place.js';

/** What stands between two commas of an ALTER TABLE, and the comma in front of it. */
export interface Piece {
  comma?: Token;
  tokens: Token[];
}

/**
 * Cuts the tokens at the commas outside parentheses. Parentheses must pair up, and so must they within each
 * executable comment; such a comment must not hide a comma either, or a server that skips it would see other
 * clauses than one that runs it.
 */
export function splitAtCommas(tokens: readonly Token[], text: string): Piece[] {
  let piece: Piece = { tokens: [] };
  const pieces = [piece];
  const open: Token[] = [];
  let code: { token: Token; depth: number } | undefined;
  for (const token of tokens) {
    if (token.kind === 'code-open') code = { token, depth: open.length };
    if (token.kind === 'code-close') {
      if (code?.depth !== open.length) throw hidden(token, text);
      code = undefined;
    }
    if (token.kind === 'symbol') {
      if (token.text === '(') open.push(token);
      if (token.text === ')' && !open.pop()) throw unbalanced(token, text);
      if (token.text === ',' && code?.depth === open.length) throw hidden(token, text);
      if (token.text === ',' && open.length === 0) {
        piece = { comma: token, tokens: [] };
        pieces.push(piece);
        continue;
      }
    }
    piece.tokens.push(token);
  }
  const unclosed = open.pop();
  if (unclosed) throw unbalanced(unclosed, text);
  if (code) throw hidden(code.token, text);
  return pieces;
}

function unbalanced(token: Token, text: string): Fault {
  return new Fault(`The ${token.text} at ${placeOf(text, token.start)} has no counterpart.`, {
    id: 'unbalanced-parentheses',
    exitCode: exitCodes.usage,
    next: 'Correct the statement.',
  });
}

function hidden(token: Token, text: string): Fault {
  return refuseExecutableComment(
    `The executable comment around ${placeOf(text, token.start)} hides a comma, or a part of a statement that goes on outside of it.`,
  );
}
