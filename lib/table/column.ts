import { lex, type Token } from '../sql/lexer.js';
import { closing, findWords, grouped, keyword, textOf, topLevel } from '../sql/tokens.js';
import { present } from '../util/present.js';

/** What all parts of a definition have. */
export interface PartText {
  /** Empty if it has none: a primary key. */
  name: string;
  /** Its text in SHOW CREATE TABLE, without the comma, as it follows ADD. */
  sql: string;
  /** The same without its name: two parts of the same body differ in nothing else. */
  body: string;
}

/** A column of SHOW CREATE TABLE; `sql` follows ADD COLUMN and MODIFY COLUMN, `body` is all but the name. */
export interface ColumnPart extends PartText, TableCharset {
  what: 'column';
  /** `varchar(64)`, `int unsigned` */
  type: string;
  /** `varchar`, `int` */
  dataType: string;
  nullable: boolean;
  /** As it is written; never NULL. */
  default?: string;
  generated?: 'virtual' | 'stored';
  /** What a generated column is computed from. */
  expression?: string;
  autoIncrement: boolean;
  /** The expression of a CHECK in the column itself (MariaDB). */
  check?: string;
  /** All that follows the name, without character set and collation, in single spaces. */
  attributes: string;
}

export function readColumn(name: string, sql: string, table: TableCharset): ColumnPart {
  const tokens = lex(sql).slice(1);
  const top = topLevel(tokens);
  const has = (...words: string[]) => findWords(top, ...words) !== undefined;
  const { type, dataType } = typeOf(tokens, sql);
  const [charset, collation] = [wordsFrom(top, 'CHARACTER', 'SET'), wordsFrom(top, 'COLLATE')];
  const own = charsetOf(charset.at(-1)?.text, collation.at(-1)?.text);
  const isOther = (token: Token) => !charset.includes(token) && !collation.includes(token);
  const value = defaultOf(tokens);
  const text = textOf(value.slice(1), sql);
  const [expression, check] = ['AS', 'CHECK'].map((word) => groupAfter(word, tokens, top, sql));
  const generated: ColumnPart['generated'] = has('VIRTUAL') ? 'virtual' : 'stored';
  return present({
    what: 'column' as const,
    name,
    sql,
    body: textOf(tokens, sql),
    type,
    dataType,
    ...(isText(dataType) && (own ?? table)),
    nullable: !has('NOT', 'NULL'),
    default: text === '' || text.toUpperCase() === 'NULL' ? undefined : text,
    ...(expression !== undefined && { generated, expression }),
    autoIncrement: has('AUTO_INCREMENT'),
    check,
    attributes: spaced(tokens.filter(isOther)),
  });
}

function spaced(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join(' ');
}

function typeOf(tokens: readonly Token[], sql: string): { type: string; dataType: string } {
  let last = tokens[1]?.text === '(' ? closing(tokens, 1) : 0;
  while (['UNSIGNED', 'ZEROFILL'].includes(keyword(tokens[last + 1]) ?? '')) last += 1;
  return {
    type: sql.slice(tokens[0]?.start, tokens[last]?.end),
    dataType: tokens[0]?.text.toLowerCase() ?? '',
  };
}

/** The words and what follows them, or nothing. */
function wordsFrom(top: readonly Token[], ...words: string[]): Token[] {
  const at = findWords(top, ...words);
  return at === undefined ? [] : top.slice(at, at + words.length + 1);
}

/** The text in the parentheses after a word. */
function groupAfter(word: string, tokens: readonly Token[], top: readonly Token[], sql: string) {
  const at = tokens.findIndex((token) => keyword(token) === word && top.includes(token));
  return tokens[at + 1]?.text === '(' && at !== -1 ? grouped(sql, tokens, at)?.inside : undefined;
}

/** DEFAULT and its value: a literal, a call, or an expression in parentheses. */
function defaultOf(tokens: readonly Token[]): Token[] {
  const begin = topLevel(tokens).find((token) => keyword(token) === 'DEFAULT');
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
  /** Absent: the default of the character set. */
  collation?: string;
}

/**
 * A character set and collation under one name: utf8 is utf8mb3, a collation implies its character set, and the default
 * collation of a set is left out, as MySQL 5.7 does. That of utf8mb4 depends on the server, which always writes it if it
 * is another one than that of MySQL 5.7.
 * @returns undefined if neither is written
 */
export function charsetOf(
  charset: string | undefined,
  collation: string | undefined,
): TableCharset | undefined {
  const set = (charset ?? collation?.split('_')[0])?.toLowerCase().replace(/^utf8$/, 'utf8mb3');
  if (set === undefined) return undefined;
  const name = collation?.toLowerCase().replace(/^utf8_/, 'utf8mb3_');
  return { charset: set, ...(name !== undefined && name !== defaultCollation(set) && { collation: name }) };
}

function defaultCollation(charset: string): string | undefined {
  if (charset === 'utf8mb4') return undefined;
  return charset === 'latin1' ? 'latin1_swedish_ci' : `${charset}_general_ci`;
}
