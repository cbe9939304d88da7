import { exitCodes, Fault } from '../fault.js';
import { readAssertion } from './asserted.js';
import { keyword, nameOf } from './cursor.js';
import { refuseExecutableComment } from './executable-comment.js';
import type { Token } from './lexer.js';
import { type Piece, splitAtCommas } from './pieces.js';
import { placeOf } from './place.js';
import { findReferences } from './references.js';
import { refuseClause } from './refused-clauses.js';
import { findRename } from './renames.js';
import { renderTokens } from './render.js';
import type { AlterStatement, Clause, DeclaredRename, Reference } from './statement.js';

export type Spec = Pick<AlterStatement, 'spec' | 'clauses' | 'renames' | 'references'>;

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
