import { exitCodes, Fault } from '../fault.js';
import { Cursor } from './cursor.js';
import { readHead } from './heads.js';
import { lex, type Token } from './lexer.js';
import { parseAlter, unwrap } from './parse.js';
import { placeOf } from './place.js';
import { readPlain } from './plain.js';
import { splitStatements } from './split.js';
import type { Statement } from './statement.js';

/**
 * The statements of a migration file, in their order. `DELIMITER x`, which belongs to MySQL's client, is understood.
 * @param file for messages
 * @throws {Fault} exit code 2 where a statement is none that a migration may have, with its place
 */
export function parseMigration(text: string, file: string): Statement[] {
  const statements: Statement[] = [];
  for (const part of splitAtDelimiters(text)) {
    if (part.kind === 'statements') {
      for (const tokens of splitStatements(part.text)) statements.push(parseStatement(tokens, part, file));
    } else {
      const tokens = lexBody(part.text);
      if (tokens.length > 0) statements.push(parseStatement(tokens, part, file));
    }
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

/** A part of the file: statements that end with `;`, or one that ends with another delimiter and may hold `;`. */
interface Part {
  kind: 'statements' | 'body';
  text: string;
  /** Of the whole file, up to this part: so that places are those of the file. */
  before: string;
}

function splitAtDelimiters(text: string): Part[] {
  const parts: Part[] = [];
  let delimiter = ';';
  let from = 0;
  for (const command of delimiterCommands(text)) {
    parts.push(...partsOf(text, from, command.start, delimiter));
    delimiter = command.delimiter;
    from = command.end;
  }
  parts.push(...partsOf(text, from, text.length, delimiter));
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
  const hidden = lex(text).filter(
    ({ kind }) => kind === 'string' || kind === 'comment' || kind === 'quoted-name',
  );
  for (const match of text.matchAll(command)) {
    const isHidden = hidden.some(({ start, end }) => start <= match.index && match.index < end);
    if (isHidden) continue;
    yield { start: match.index, end: match.index + match[0].length, delimiter: match[1] ?? ';' };
  }
}

function partsOf(text: string, from: number, to: number, delimiter: string): Part[] {
  const part = text.slice(from, to);
  if (delimiter === ';') return [{ kind: 'statements', text: part, before: text.slice(0, from) }];
  const bodies: Part[] = [];
  let at = 0;
  for (const end of [...delimitersIn(part, delimiter), part.length]) {
    bodies.push({ kind: 'body', text: part.slice(at, end), before: text.slice(0, from + at) });
    at = end + delimiter.length;
  }
  return bodies;
}

/** Where the delimiter stands outside of strings, names and comments. */
function delimitersIn(text: string, delimiter: string): number[] {
  const hidden = lex(text).filter(
    ({ kind }) => kind === 'string' || kind === 'comment' || kind === 'quoted-name',
  );
  const found: number[] = [];
  for (let at = text.indexOf(delimiter); at !== -1; at = text.indexOf(delimiter, at + delimiter.length)) {
    if (!hidden.some(({ start, end }) => start <= at && at < end)) found.push(at);
  }
  return found;
}

function lexBody(text: string): Token[] {
  return lex(text).filter(({ kind }) => kind !== 'comment');
}

function parseStatement(tokens: readonly Token[], { text, before }: Part, file: string): Statement {
  const bare = unwrap(tokens);
  if (readHead(new Cursor(text, bare)) !== undefined) return parseAlter(tokens, text);
  const plain = readPlain(bare, text.slice(tokens[0]?.start, tokens.at(-1)?.end), tokens[0]?.start ?? 0);
  if (plain !== undefined) return plain;
  const words = bare.slice(0, 2).map((token) => token.text);
  const place = placeOf(before + text, before.length + (tokens[0]?.start ?? 0));
  throw new Fault(
    `${words.join(' ').slice(0, 60)} (${file}, ${place}) is not a statement that alterwise runs.`,
    {
      id: 'not-a-migration',
      exitCode: exitCodes.usage,
      next: nextFor(words[0]?.toUpperCase() ?? ''),
    },
  );
}

function nextFor(word: string): string {
  if (['BEGIN', 'START', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'XA'].includes(word)) {
    return 'Leave transactions out: every change of a schema commits them, and each statement here is recorded by itself.';
  }
  if (word === 'USE') return 'Leave USE out: write schema.table, or give --database.';
  return 'Run it with your usual client, and leave it out of the file.';
}
