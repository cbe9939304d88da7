import { keyword, nameOf } from '../sql/cursor.js';
import { lex, type Token } from '../sql/lexer.js';
import { type ColumnText, charsetText, readColumn, type TableCharset } from './columns.js';
import { linesOf, partOf } from './definition.js';
import { closing } from './tokens.js';

/** A key or a constraint. */
export interface PartText {
  /** Empty of a primary key. */
  name: string;
  /** The line of SHOW CREATE TABLE, as it follows ADD. */
  sql: string;
  /** The same without its name. */
  body: string;
}

/** What SHOW CREATE TABLE says, taken apart. Its order is kept. */
export interface Dissected {
  columns: readonly ColumnText[];
  keys: readonly PartText[];
  foreignKeys: readonly PartText[];
  checks: readonly PartText[];
  /** PERIOD FOR … of MariaDB. */
  periods: readonly string[];
  options: OptionsText;
  /** From `PARTITION BY` on, or empty. */
  partitions: string;
}

/**
 * Undefined of what is no table. Servers write a line feed within a string as `\n`, so that each line is one part, and
 * the first that begins with a parenthesis ends them (measured on MySQL 5.7 and 9.7, MariaDB 10.11 and 11.4).
 */
export function dissect(definition: string): Dissected | undefined {
  const [, body, tail, partitions] =
    /^CREATE TABLE [^\n]*\(\n([\s\S]*?)\n\)([^\n]*)\n?([\s\S]*)$/.exec(definition) ?? [];
  if (body === undefined || tail === undefined || partitions === undefined) return undefined;
  const options = readOptions(tail);
  const lines = linesOf(body);
  const parts = lines.flatMap((line) => {
    const part = isPeriod(line) ? undefined : partOf(line);
    return part ? [{ what: part.what, name: part.name, sql: line.trim(), body: part.body.trim() }] : [];
  });
  const constraints = parts.filter(({ what }) => what === 'constraint');
  return {
    columns: parts
      .filter(({ what }) => what === 'column')
      .map(({ name, sql }) => readColumn(name, sql, options.charset)),
    keys: parts.filter(({ what }) => what === 'key' || what === 'primary-key'),
    foreignKeys: constraints.filter(isForeignKey),
    checks: constraints.filter((part) => !isForeignKey(part)),
    periods: lines.filter(isPeriod),
    options,
    partitions: partitions.trim(),
  };
}

function isPeriod(line: string): boolean {
  return line.startsWith('  PERIOD FOR ');
}

function isForeignKey({ body }: PartText): boolean {
  return body.startsWith('CONSTRAINT  FOREIGN KEY ');
}

/** The options of a table, as SHOW CREATE TABLE writes them behind the parenthesis. */
export interface OptionsText {
  /** By their names in upper case, as they are written: `COMMENT='x'`. */
  named: ReadonlyMap<string, string>;
  /** Words that have no value, in upper case: WITH SYSTEM VERSIONING, TABLESPACE x. */
  words: string;
  charset: TableCharset;
}

function readOptions(text: string): OptionsText {
  const tokens = lex(text).filter(({ kind }) => kind !== 'code-open' && kind !== 'code-close');
  const named = new Map<string, string>();
  const values = new Map<string, string>();
  const words: string[] = [];
  let pending: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.text !== '=') {
      if (token) pending.push(token);
      continue;
    }
    const isTwoWords = ['DEFAULT', 'DATA', 'INDEX'].includes(keyword(pending.at(-2)) ?? '');
    const name = pending.splice(isTwoWords ? -2 : -1);
    words.push(...pending.map(({ text }) => text));
    pending = [];
    const last = tokens[at + 1]?.text === '(' ? closing(tokens, at + 1) : at + 1;
    const key = name.map((word) => nameOf(word)?.toUpperCase()).join(' ');
    values.set(key, tokens[last]?.text ?? '');
    named.set(key, text.slice(name[0]?.start, tokens[last]?.end));
    at = last;
  }
  words.push(...pending.map(({ text }) => text));
  return {
    named,
    words: words.join(' ').toUpperCase(),
    charset: charsetText(values.get('DEFAULT CHARSET'), values.get('COLLATE')) ?? {},
  };
}
