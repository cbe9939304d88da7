import { keyword } from '../sql/cursor.js';
import { lex, type Token } from '../sql/lexer.js';
import { closing, findWords, topLevel } from './tokens.js';

/** A column, as its line in SHOW CREATE TABLE says it. */
export interface ColumnText extends TableCharset {
  name: string;
  /** The line, as it follows ADD COLUMN and MODIFY COLUMN. */
  sql: string;
  /** `varchar(64)`, `int unsigned` */
  type: string;
  /** `varchar`, `int` */
  dataType: string;
  nullable: boolean;
  /** As it is written; never NULL. */
  default?: string;
  generated?: 'virtual' | 'stored';
  numbered: boolean;
  /** What stands behind CHECK in the line itself (MariaDB). */
  check?: string;
  /** All that stands behind the name, without character set and collation, in single spaces. */
  rest: string;
  /** The same without DEFAULT and its value. */
  apart: string;
}

/** @param line without its comma */
export function readColumn(name: string, line: string, table: TableCharset): ColumnText {
  const tokens = lex(line).slice(1);
  const top = topLevel(tokens);
  const has = (...words: string[]) => findWords(top, ...words) !== undefined;
  const { type, dataType } = typeOf(tokens, line);
  const [charset, collation] = [wordsFrom(top, 'CHARACTER', 'SET'), wordsFrom(top, 'COLLATE')];
  const said = charsetText(charset.at(-1)?.text, collation.at(-1)?.text);
  const isOther = (token: Token) => !charset.includes(token) && !collation.includes(token);
  const value = clauseOf('DEFAULT', tokens);
  const check = clauseOf('CHECK', tokens);
  const [text, rule] = [value, check].map((clause) => line.slice(clause[1]?.start, clause.at(-1)?.end));
  return {
    name,
    sql: line,
    type,
    dataType,
    ...(isText(dataType) && (said ?? table)),
    nullable: !has('NOT', 'NULL'),
    ...(text !== undefined && value.length > 0 && text.toUpperCase() !== 'NULL' && { default: text }),
    ...(has('GENERATED') && { generated: has('VIRTUAL') ? ('virtual' as const) : ('stored' as const) }),
    numbered: has('AUTO_INCREMENT'),
    ...(rule !== undefined && check.length > 0 && { check: rule }),
    rest: textOf(tokens.filter(isOther)),
    apart: textOf(tokens.filter((token) => isOther(token) && !value.includes(token))),
  };
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join(' ');
}

function typeOf(tokens: readonly Token[], line: string): { type: string; dataType: string } {
  let last = tokens[1]?.text === '(' ? closing(tokens, 1) : 0;
  while (['UNSIGNED', 'ZEROFILL'].includes(keyword(tokens[last + 1]) ?? '')) last += 1;
  return {
    type: line.slice(tokens[0]?.start, tokens[last]?.end),
    dataType: tokens[0]?.text.toLowerCase() ?? '',
  };
}

/** The words, and what follows them; empty where they are not there. */
function wordsFrom(top: readonly Token[], ...words: string[]): Token[] {
  const at = findWords(top, ...words);
  return at === undefined ? [] : top.slice(at, at + words.length + 1);
}

/** A word and what follows it: a value, a call, or something in parentheses. Empty where it is not there. */
function clauseOf(word: string, tokens: readonly Token[]): Token[] {
  const begin = topLevel(tokens).find((token) => keyword(token) === word);
  if (begin === undefined) return [];
  const first = tokens.indexOf(begin) + 1;
  let last = tokens[first]?.text === '(' ? closing(tokens, first) : first;
  if (['-', '+'].includes(tokens[first]?.text ?? '')) last += 1;
  // What touches belongs to it: b'101', uuid(), current_timestamp(3).
  const next = tokens[last + 1];
  if (next !== undefined && next.start === tokens[last]?.end) {
    last = next.text === '(' ? closing(tokens, last + 1) : last + 1;
  }
  return tokens.slice(first - 1, last + 1);
}

function isText(dataType: string): boolean {
  return /^(?:char|varchar|(?:tiny|medium|long)?text|enum|set)$/.test(dataType);
}

export interface TableCharset {
  charset?: string;
  /** Absent: the character set's own. */
  collation?: string;
}

/**
 * What a definition says of a character set, under one name: utf8 is utf8mb3, a collation names its set, and the set's
 * own collation is not said, as MySQL 5.7 does not. That of utf8mb4 depends on the server, which says it always where
 * it is another one than 5.7's.
 * @returns undefined where nothing is said
 */
export function charsetText(
  charset: string | undefined,
  collation: string | undefined,
): TableCharset | undefined {
  const set = (charset ?? collation?.split('_')[0])?.toLowerCase().replace(/^utf8$/, 'utf8mb3');
  if (set === undefined) return undefined;
  const name = collation?.toLowerCase().replace(/^utf8_/, 'utf8mb3_');
  return { charset: set, ...(name !== undefined && name !== ownCollation(set) && { collation: name }) };
}

function ownCollation(charset: string): string | undefined {
  if (charset === 'utf8mb4') return undefined;
  return charset === 'latin1' ? 'latin1_swedish_ci' : `${charset}_general_ci`;
}
