import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { Cursor } from './cursor.js';
import { readHead } from './heads.js';
import { excerpt, lex, placeOf, type Token } from './lexer.js';
import { emptyStatement, parseAlter, splitStatements, unwrap } from './parse.js';
import { readPlain } from './plain.js';
import { refuseNames } from './refused.js';
import { hazardOfSet } from './session-hazards.js';
import type { Statement } from './statement.js';
import { codeOf } from './tokens.js';

/**
 * The statements of a migration file, in their order. `DELIMITER x`, which belongs to MySQL's client, is understood.
 * @param file for messages
 * @throws {Fault} exit code 2 where a statement is none that a migration may have, with its place
 */
export function parseMigration(text: string, file: string): Statement[] {
  const statements = Array.from(piecesOf(text), (piece) => parseStatement(piece.tokens, piece.text, file));
  if (statements.length === 0) throw emptyStatement(`There is no statement in ${file}.`);
  return statements;
}

/** Statements that were taken apart before, one by one: a trigger's body may hold semicolons. */
export function parseTexts(texts: readonly string[], source: string): Statement[] {
  return texts.flatMap((sql) => parseMigration(`DELIMITER $alterwise$\n${sql}\n$alterwise$`, source));
}

interface Piece {
  /** Of one statement. */
  tokens: readonly Token[];
  /** The file up to some place behind the statement, so that places are those of the file. */
  text: string;
}

/** The statements of a file: each ends with `;`, or with another delimiter, and then it may hold `;`. */
function* piecesOf(file: string): Generator<Piece> {
  let delimiter = ';';
  let from = 0;
  const end = { start: file.length, end: file.length, delimiter };
  for (const command of [...delimiterCommands(file), end]) {
    const text = file.slice(0, command.start);
    if (delimiter !== ';') yield* bodiesIn(text, from, delimiter);
    else for (const tokens of splitStatements(text, from)) yield { tokens, text };
    delimiter = command.delimiter;
    from = command.end;
  }
}

/** The client knows the command at the beginning of a line only, outside of strings and comments. */
function* delimiterCommands(text: string): Generator<{ start: number; end: number; delimiter: string }> {
  if (!/^[ \t]*delimiter\b/im.test(text)) return;
  const command = /^[ \t]*delimiter[ \t]+(\S+)[^\n]*$/gim;
  const isHidden = hiddenIn(text, 0);
  for (const match of text.matchAll(command)) {
    if (isHidden(match.index)) continue;
    yield { start: match.index, end: match.index + match[0].length, delimiter: match[1] ?? ';' };
  }
}

/** What stands between delimiters, where these stand outside of strings, names and comments. */
function* bodiesIn(text: string, from: number, delimiter: string): Generator<Piece> {
  const isHidden = hiddenIn(text, from);
  let begin = from;
  for (let next = from; next <= text.length; ) {
    const found = text.indexOf(delimiter, next);
    const end = found === -1 ? text.length : found;
    next = end + delimiter.length;
    if (found !== -1 && isHidden(found)) continue;
    const body = text.slice(0, end);
    const tokens = codeOf(body, begin);
    if (tokens.length > 0) yield { tokens, text: body };
    begin = next;
  }
}

/** Whether a place is inside of a string, a name or a comment; to be asked for places in their order. */
function hiddenIn(text: string, from: number): (at: number) => boolean {
  const hidden = lex(text, from).filter(
    ({ kind }) => kind === 'string' || kind === 'comment' || kind === 'quoted-name',
  );
  let next = 0;
  return (at) => {
    while ((hidden[next]?.end ?? Number.POSITIVE_INFINITY) <= at) next += 1;
    return (hidden[next]?.start ?? Number.POSITIVE_INFINITY) <= at;
  };
}

function parseStatement(tokens: readonly Token[], text: string, file: string): Statement {
  const bare = unwrap(tokens);
  if (readHead(new Cursor(text, bare)) !== undefined) return parseAlter(tokens, text);
  const plain = readPlain(tokens, text);
  if (plain !== undefined) {
    refuseNames(tokens, text);
    return plain;
  }
  const words = bare.slice(0, 2).map((token) => token.text);
  const place = placeOf(text, tokens[0]?.start ?? 0);
  throw new Fault(`${excerpt(words.join(' '))} (${file}, ${place}) is not a statement that alterwise runs.`, {
    id: 'not-a-migration',
    exitCode: exitCodes.usage,
    next: nextFor(bare),
  });
}

function nextFor(tokens: readonly Token[]): string {
  const [word = '', second = ''] = tokens.slice(0, 2).map(({ text }) => text.toUpperCase());
  if (['BEGIN', 'START', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'XA'].includes(word)) {
    return 'Leave transactions out: every change of a schema commits them, and each statement here is recorded by itself.';
  }
  if (word === 'SET') {
    return (
      hazardOfSet(tokens) ?? 'Leave SET STATEMENT … FOR out: write SET and the statement one after the other.'
    );
  }
  if (second === 'TEMPORARY')
    return 'Make it an ordinary table, and drop it at the end: a temporary one is gone when a run resumes after a failure.';
  if (word === 'USE') return 'Leave USE out: write schema.table, or give --database.';
  return 'Run it with your usual client, and leave it out of the file.';
}
