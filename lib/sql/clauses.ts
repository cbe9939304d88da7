import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { Cursor } from './cursor.js';
import { readAssertion } from './heads.js';
import { ambiguousComment, lex, placeOf, type Token } from './lexer.js';
import { isSameName } from './names.js';
import { refuseClause } from './refused.js';
import type { AlterStatement, DeclaredRename, Reference } from './statement.js';
import { keyword, nameOf, unmarked } from './tokens.js';

type Spec = Pick<AlterStatement, 'spec' | 'clauses' | 'renames' | 'references'>;

/** Reads what follows `ALTER TABLE t`: its clauses, what they rename and refer to. Fills in `asserted`. */
export function readSpec(tokens: readonly Token[], text: string, asserted: AlterStatement['asserted']): Spec {
  const clauses = readClauses(tokens, text, asserted).map((clause) => ({
    tokens: unmarked(clause),
    text: rendered(clause),
  }));
  const spec = clauses.map((clause) => clause.text).join(', ');
  return {
    spec,
    clauses: clauses.map((clause) => ({ text: clause.text, head: headOf(clause.tokens) })),
    renames: clauses.flatMap((clause) => renameIn(clause.tokens) ?? []),
    references: referencesIn(spec),
  };
}

function readClauses(
  tokens: readonly Token[],
  text: string,
  asserted: AlterStatement['asserted'],
): Token[][] {
  const clauses: Token[][] = [];
  const pieces = splitAtCommas(tokens, text);
  let listed = false;
  for (const piece of pieces) {
    const bare = unmarked(piece.tokens);
    if (bare.length === 0 && pieces.length > 1) throw emptyClause(piece, text);
    const { rest, taken } = withoutAssertion(piece.tokens, bare, text, asserted);
    if (rest.length === 0) continue;
    refuseClause(unmarked(rest));
    const previous = clauses.at(-1);
    if (previous && taken) append(previous, rest);
    else if (previous && piece.comma && listed) append(previous, [piece.comma, ...rest]);
    else {
      clauses.push([...rest]);
      listed = isListed(rest);
    }
  }
  return clauses;
}

/** Not by spreading into `push`: a list may be longer than the stack. */
function append(clause: Token[], tokens: readonly Token[]): void {
  for (const token of tokens) clause.push(token);
}

/** What is left of a piece without its ALGORITHM or LOCK. Only PARTITION BY and the like may follow one directly. */
function withoutAssertion(
  tokens: Token[],
  bare: readonly Token[],
  text: string,
  asserted: AlterStatement['asserted'],
): { rest: Token[]; taken: boolean } {
  const assertion = readAssertion(bare, 0);
  if (!assertion) return { rest: bare.length === 0 ? [] : tokens, taken: false };
  const follower = bare[assertion.length];
  const word = keyword(follower);
  if (follower && word !== 'PARTITION' && word !== 'REMOVE') return { rest: tokens, taken: false };
  asserted[assertion.name] = assertion.value;
  if (!follower) return { rest: [], taken: true };
  const rest = tokens.slice(assertion.length);
  if (unmarked(rest).length !== bare.length - assertion.length) {
    throw ambiguousComment(text, follower.start, 'hides part of an ALGORITHM or LOCK');
  }
  return { rest, taken: true };
}

/** Clauses that hold a list of names: the commas that follow them belong to the list. */
function isListed(clause: readonly Token[]): boolean {
  const [first, second] = unmarked(clause);
  const head = `${keyword(first)} ${keyword(second)}`;
  return head === 'ORDER BY' || head === 'DROP PARTITION' || /^RE\w+ PARTITION$/.test(head);
}

function headOf(tokens: readonly Token[]): string[] {
  const end = tokens.findIndex((token) => nameOf(token) === undefined);
  const leading = end === -1 ? tokens : tokens.slice(0, end);
  return leading.flatMap((token) => keyword(token) ?? []);
}

function emptyClause({ comma, tokens }: Piece, text: string): Fault {
  const token = comma ?? tokens[0];
  const place = token ? `at ${placeOf(text, token.start)}` : 'in front of the first comma';
  return new Fault(`Nothing stands between two commas ${place}.`, {
    id: 'empty-clause',
    exitCode: exitCodes.usage,
    next: 'Take out the comma that is too many.',
  });
}

/** What stands between two commas of an ALTER TABLE, and the comma in front of it. */
interface Piece {
  comma?: Token;
  tokens: Token[];
}

/**
 * Cuts the tokens at the commas outside parentheses. Parentheses must pair up, and so must they within each
 * executable comment; such a comment must not hide a comma either, or a server that skips it would see other
 * clauses than one that runs it.
 */
function splitAtCommas(tokens: readonly Token[], text: string): Piece[] {
  let piece: Piece = { tokens: [] };
  const pieces = [piece];
  const open: Token[] = [];
  let code: { token: Token; depth: number } | undefined;
  const hidden = ({ start }: Token) =>
    ambiguousComment(text, start, 'hides a comma, or part of a statement that continues outside it');
  for (const token of tokens) {
    if (token.kind === 'code-open') code = { token, depth: open.length };
    if (token.kind === 'code-close') {
      if (code?.depth !== open.length) throw hidden(token);
      code = undefined;
    }
    if (token.kind === 'symbol') {
      if (token.text === '(') open.push(token);
      if (token.text === ')' && !open.pop()) throw unbalanced(token, text);
      if (token.text === ',' && code?.depth === open.length) throw hidden(token);
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
  if (code) throw hidden(code.token);
  return pieces;
}

function unbalanced(token: Token, text: string): Fault {
  return new Fault(`The ${token.text} at ${placeOf(text, token.start)} has no counterpart.`, {
    id: 'unbalanced-parentheses',
    exitCode: exitCodes.usage,
    next: 'Correct the statement.',
  });
}

/**
 * Tokens as text again: touching where they touched, with one space where anything stood between them. Two minus
 * signs are kept apart: with a space behind them, which may be new, they would begin a comment.
 */
function rendered(tokens: readonly Token[]): string {
  let text = '';
  let previous: Token | undefined;
  for (const token of tokens) {
    const touches = previous?.end === token.start && !(previous.text === '-' && token.text === '-');
    text += previous === undefined || touches ? token.text : ` ${token.text}`;
    previous = token;
  }
  return text;
}

/** RENAME COLUMN a TO b, or CHANGE a b …. Names of columns do not depend on case: a change of case is no rename. */
function renameIn(clause: readonly Token[]): DeclaredRename | undefined {
  const cursor = new Cursor('', clause);
  const isRename = cursor.take('RENAME', 'COLUMN');
  if (!isRename && !cursor.take('CHANGE')) return undefined;
  if (!isRename) cursor.take('COLUMN');
  cursor.take('IF', 'EXISTS');
  const from = columnAt(cursor);
  if (isRename && !cursor.take('TO')) return undefined;
  const to = columnAt(cursor);
  if (from === undefined || to === undefined) return undefined;
  return isSameName(from, to) ? undefined : { from, to };
}

/** A column may be written with its table in front: `t.a`. */
function columnAt(cursor: Cursor): string | undefined {
  while (cursor.peek(1)?.text === '.') {
    cursor.next();
    cursor.next();
  }
  const token = cursor.next();
  return token && nameOf(token);
}

/** The tables after REFERENCES. */
function referencesIn(spec: string): Reference[] {
  if (!/references/i.test(spec)) return []; // most have none, and a text may be long
  const tokens = unmarked(lex(spec));
  return tokens.flatMap((token, at) => {
    if (keyword(token) !== 'REFERENCES') return [];
    const [first, dot, second] = tokens.slice(at + 1, at + 4);
    const name = first && nameOf(first);
    if (!first || name === undefined) return [];
    const table = second && dot?.text === '.' ? nameOf(second) : undefined;
    const { start, end } = first;
    return [
      table === undefined
        ? { table: name, start, end }
        : { schema: name, table, start, end: second?.end ?? end },
    ];
  });
}
