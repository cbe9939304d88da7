import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { Cursor } from './cursor.js';
import { readHead } from './heads.js';
import { excerpt, lex, placeOf, type Token } from './lexer.js';
import { parseAlter, splitStatements, unwrap } from './parse.js';
import { readPlain } from './plain.js';
import { refuseNames } from './refused.js';
import { hazardOfSet } from './session-hazards.js';
import type { Statement } from './statement.js';

/**
 * The statements of a migration file, in their order. `DELIMITER x`, which belongs to MySQL's client, is understood.
 * @param file for messages
 * @throws {Fault} exit code 2 where a statement is none that a migration may have, with its place
 */
export function parseMigration(text: string, file: string): Statement[] {
  const statements: Statement[] = [];
  for (const part of splitAtDelimiters(text)) {
    for (const tokens of statementsOf(part)) statements.push(parseStatement(tokens, part.text, file));
  }
  if (statements.length === 0) {
    throw new Fault(`There is no statement in ${file}.`, {
      id: 'empty-statement',
      exitCode: exitCodes.usage,
      next: 'Give a file with at least one statement.',
    });
  }
  return statements;
}

/** Statements that were taken apart before, one by one: a trigger's body may hold semicolons. */
export function parseTexts(texts: readonly string[], source: string): Statement[] {
  return texts.flatMap((sql) => parseMigration(`DELIMITER $alterwise$\n${sql}\n$alterwise$`, source));
}

/** A part of the file: statements that end with `;`, or one that ends with another delimiter and may hold `;`. */
interface Part {
  kind: 'statements' | 'body';
  /** The file up to the end of the part, so that places are those of the file. */
  text: string;
  /** Where the part begins. */
  from: number;
}

function splitAtDelimiters(text: string): Part[] {
  const parts: Part[] = [];
  let delimiter = ';';
  let from = 0;
  const add = (to: number) => {
    for (const part of partsOf(text.slice(0, to), from, delimiter)) parts.push(part);
  };
  for (const command of delimiterCommands(text)) {
    add(command.start);
    delimiter = command.delimiter;
    from = command.end;
  }
  add(text.length);
  return parts;
}

interface DelimiterCommand {
  start: number;
  end: number;
  delimiter: string;
}

/** The client knows the command at the beginning of a line only, outside of strings and comments. */
function* delimiterCommands(text: string): Generator<DelimiterCommand> {
  if (!/^[ \t]*delimiter\b/im.test(text)) return;
  const command = /^[ \t]*delimiter[ \t]+(\S+)[^\n]*$/gim;
  const isHidden = hiddenIn(text, 0);
  for (const match of text.matchAll(command)) {
    if (isHidden(match.index)) continue;
    yield { start: match.index, end: match.index + match[0].length, delimiter: match[1] ?? ';' };
  }
}

function partsOf(text: string, from: number, delimiter: string): Part[] {
  if (delimiter === ';') return [{ kind: 'statements', text, from }];
  const bodies: Part[] = [];
  let at = from;
  for (const end of [...delimitersIn(text, from, delimiter), text.length]) {
    bodies.push({ kind: 'body', text: text.slice(0, end), from: at });
    at = end + delimiter.length;
  }
  return bodies;
}

/** Where the delimiter stands outside of strings, names and comments. */
function delimitersIn(text: string, from: number, delimiter: string): number[] {
  const isHidden = hiddenIn(text, from);
  const found: number[] = [];
  for (
    let at = text.indexOf(delimiter, from);
    at !== -1;
    at = text.indexOf(delimiter, at + delimiter.length)
  ) {
    if (!isHidden(at)) found.push(at);
  }
  return found;
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

function statementsOf({ kind, text, from }: Part): Token[][] {
  if (kind === 'statements') return splitStatements(text, from);
  const tokens = lex(text, from).filter((token) => token.kind !== 'comment');
  return tokens.length > 0 ? [tokens] : [];
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
