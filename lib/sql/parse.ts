import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { readSpec } from './clauses.js';
import { Cursor } from './cursor.js';
import { readHead } from './heads.js';
import { ambiguousComment, excerpt, lex, placeOf, type Token } from './lexer.js';
import { refuseNames } from './refused.js';
import type { AlterStatement } from './statement.js';
import { unmarked } from './tokens.js';

/** The statements of a text, at least one. Anything that is not a change of one existing table is a Fault. */
export function parseStatements(text: string): AlterStatement[] {
  const statements = splitStatements(text);
  if (statements.length === 0) throw emptyStatement('There is no statement.');
  return statements.map((tokens) => parseAlter(tokens, text));
}

/** One statement out of `text`, by its tokens. */
export function parseAlter(statement: readonly Token[], text: string): AlterStatement {
  const tokens = unwrap(statement);
  const head = readHead(new Cursor(text, tokens));
  if (head || hidesHead(tokens, text)) refuseMarksInHead(tokens, head?.spec ?? [], text);
  if (!head) throw notAnAlter(tokens, text);
  refuseNames(tokens, text);
  const spec = readSpec(head.spec, text, head.asserted);
  if (spec.spec === '') throw emptyStatement(`The statement on ${excerpt(head.table.name)} changes nothing.`);
  return {
    kind: 'alter',
    sql: text.slice(statement[0]?.start, statement.at(-1)?.end),
    ...(head.table.schema === undefined ? {} : { schema: head.table.schema }),
    table: head.table.name,
    ...(head.ifExists ? { ifExists: true as const } : {}),
    ...spec,
    asserted: head.asserted,
  };
}

/** Dumps wrap whole statements in an executable comment. */
export function unwrap(tokens: readonly Token[]): readonly Token[] {
  const close = tokens.findIndex(({ kind }) => kind === 'code-close');
  return tokens[0]?.kind === 'code-open' && close === tokens.length - 1 ? tokens.slice(1, -1) : tokens;
}

/** Whether it would be a change of a table to a server that runs its executable comments. */
function hidesHead(tokens: readonly Token[], text: string): boolean {
  try {
    return readHead(new Cursor(text, unmarked(tokens))) !== undefined;
  } catch (error) {
    // It begins as one.
    if (error instanceof Fault) return true;
    throw error;
  }
}

/** A server that skips the comment would read another table, or another kind of statement. */
function refuseMarksInHead(tokens: readonly Token[], spec: readonly Token[], text: string): void {
  const inSpec = new Set(spec);
  const mark = tokens.find((token) => token.kind === 'code-open' && !inSpec.has(token));
  if (!mark) return;
  throw ambiguousComment(text, mark.start, 'hides what the statement is about');
}

export function emptyStatement(message: string): Fault {
  return new Fault(message, {
    id: 'empty-statement',
    exitCode: exitCodes.usage,
    next: 'Give at least one whole statement, such as ALTER TABLE t ADD COLUMN c INT.',
  });
}

function notAnAlter(tokens: readonly Token[], text: string): Fault {
  const [first] = tokens;
  const words = tokens.slice(0, 2).filter(({ kind }) => kind === 'word');
  const found = words.map((word) => word.text).join(' ') || (first?.text ?? 'nothing');
  return new Fault(
    `${excerpt(found)} (${placeOf(text, first?.start ?? 0)}) is not a change of one table's schema.`,
    {
      id: 'not-an-alter',
      exitCode: exitCodes.usage,
      next: 'Here alterwise takes ALTER TABLE, CREATE INDEX and DROP INDEX. A migration (--file) may also make, drop and rename tables and write rows; run what else there is with your usual client.',
    },
  );
}

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
  throw ambiguousComment(text, token.start, 'can be read in more than one way');
}

function isSemicolon(token: Token): boolean {
  return token.kind === 'symbol' && token.text === ';';
}
