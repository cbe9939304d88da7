import { refuseExecutableComment } from './executable-comment.js';
import { lex, type Token } from './lexer.js';
import { placeOf } from './place.js';

/**
 * The statements of a text: its tokens between the `;`, comments left out. A statement that consists of comments
 * only is none.
 * @param from where to begin; offsets count from the beginning of the text all the same
 */
export function splitStatements(text: string, from = 0): Token[][] {
  const statements: Token[][] = [];
  let current: Token[] = [];
  let inCode = false;
  for (const token of lex(text, from)) {
    if (inCode) refuseAmbiguity(token, text);
    if (token.kind === 'code-open') inCode = true;
    if (token.kind === 'code-close') inCode = false;
    if (isSemicolon(token)) {
      statements.push(current);
      current = [];
    } else if (token.kind !== 'comment') current.push(token);
  }
  statements.push(current);
  return statements.filter((statement) => statement.length > 0);
}

/**
 * A server that skips the comment ends it at the first end mark, one that runs it reads strings as strings: where
 * the two would disagree, or the comment would hide a whole statement, nobody can say what will happen.
 */
function refuseAmbiguity(token: Token, text: string): void {
  const hidesEnd = token.text.includes('*/') && token.kind !== 'code-close' && !token.text.startsWith('/*');
  if (!hidesEnd && !isSemicolon(token)) return;
  throw refuseExecutableComment(
    `The executable comment around ${placeOf(text, token.start)} can be read in more than one way.`,
  );
}

function isSemicolon(token: Token): boolean {
  return token.kind === 'symbol' && token.text === ';';
}
