import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { keyword, nameOf } from './cursor.js';
import { readAssertion, renderTokens } from './heads.js';
import { placeOf, refuseExecutableComment, type Token } from './lexer.js';
import { refuseClause } from './refused.js';
import type { AlterStatement, Clause, DeclaredRename, Reference } from './statement.js';

type Spec = Pick<AlterStatement, 'spec' | 'clauses' | 'renames' | 'references'>;

/** Reads what follows `ALTER TABLE t`: its clauses, what they rename and refer to. Fills in `asserted`. */
export function readSpec(tokens: readonly Token[], text: string, asserted: AlterStatement['asserted']): Spec {
  const clauses: Clause[] = [];
  const renames: DeclaredRename[] = [];
  const references: Reference[] = [];
  let spec = '';
  for (const clause of readClauses(tokens, text, asserted)) {
    if (spec !== '') spec += ', ';
    const rendered = renderTokens(clause);
    const rename = findRename(withoutMarks(clause));
    if (rename) renames.push(rename);
    for (const reference of findReferences(clause, rendered.offsets, spec.length)) references.push(reference);
    clauses.push({ text: rendered.text, head: headOf(withoutMarks(clause)) });
    spec += rendered.text;
  }
  return { spec, clauses, renames, references };
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
    const bare = withoutMarks(piece.tokens);
    if (bare.length === 0 && pieces.length > 1) throw emptyClause(piece, text);
    const { rest, taken } = withoutAssertion(piece.tokens, bare, text, asserted);
    if (rest.length === 0) continue;
    refuseClause(withoutMarks(rest));
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
  if (withoutMarks(rest).length !== bare.length - assertion.length) throw hiddenAssertion(follower, text);
  return { rest, taken: true };
}

/** Clauses that hold a list of names: the commas that follow them belong to the list. */
function isListed(clause: readonly Token[]): boolean {
  const [first, second] = withoutMarks(clause);
  const head = `${keyword(first)} ${keyword(second)}`;
  return head === 'ORDER BY' || head === 'DROP PARTITION' || /^RE\w+ PARTITION$/.test(head);
}

function headOf(tokens: readonly Token[]): string[] {
  const end = tokens.findIndex((token) => nameOf(token) === undefined);
  const leading = end === -1 ? tokens : tokens.slice(0, end);
  return leading.flatMap((token) => keyword(token) ?? []);
}

function withoutMarks(tokens: readonly Token[]): Token[] {
  return tokens.filter(({ kind }) => kind !== 'code-open' && kind !== 'code-close');
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

function hiddenAssertion(token: Token, text: string): Fault {
  return refuseExecutableComment(
    `The ALGORITHM or LOCK in front of ${placeOf(text, token.start)} is partly in a comment.`,
  );
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
    `The executable comment around ${placeOf(text, token.start)} hides a comma, or part of a statement that continues outside it.`,
  );
}

/**
 * The rename that a clause declares: RENAME COLUMN a TO b, or CHANGE a b …. Names of columns do not depend on
 * case, so that a change of case is none. The tokens are those of one clause, without marks of executable comments.
 */
function findRename(tokens: readonly Token[]): DeclaredRename | undefined {
  const isRename = keyword(tokens[0]) === 'RENAME' && keyword(tokens[1]) === 'COLUMN';
  if (!isRename && keyword(tokens[0]) !== 'CHANGE') return undefined;
  let at = keyword(tokens[1]) === 'COLUMN' ? 2 : 1;
  if (keyword(tokens[at]) === 'IF' && keyword(tokens[at + 1]) === 'EXISTS') at += 2;
  const from = columnAt(tokens, at);
  if (!from) return undefined;
  if (isRename && keyword(tokens[from.end]) !== 'TO') return undefined;
  const to = columnAt(tokens, isRename ? from.end + 1 : from.end);
  if (!to || from.name.toLowerCase() === to.name.toLowerCase()) return undefined;
  return { from: from.name, to: to.name };
}

/** A column may be written with its table in front: `t.a`. */
function columnAt(tokens: readonly Token[], start: number): { name: string; end: number } | undefined {
  let at = start;
  while (tokens[at + 1]?.text === '.') at += 2;
  const token = tokens[at];
  const name = token && nameOf(token);
  return name === undefined ? undefined : { name, end: at + 1 };
}

interface Placed {
  token: Token;
  offset: number;
}

/** The tables after REFERENCES in one clause; `offsets` says where its tokens stand, `base` where it begins. */
function findReferences(tokens: readonly Token[], offsets: readonly number[], base: number): Reference[] {
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
