import type { Token } from '../sql/lexer.js';
import { closing, codeOf, keyword, nameOf, unmarked } from '../sql/tokens.js';
import { charsetOf, type TableCharset } from './column.js';

/** What SHOW CREATE TABLE writes between the closing parenthesis and the partitions. */
export interface TableOptions {
  text: string;
  /** By name, in upper case: `ENGINE`, `DEFAULT CHARSET`. */
  named: ReadonlyMap<string, TableOption>;
  /** Words without a value, in upper case: WITH SYSTEM VERSIONING, TABLESPACE x. */
  words: string;
  charset: TableCharset;
}

interface TableOption {
  /** `COMMENT='x'` */
  sql: string;
  /** `'x'` */
  value: string;
}

export function readOptions(text: string): TableOptions {
  const tokens = unmarked(codeOf(text));
  const named = new Map<string, TableOption>();
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
    named.set(name.map((word) => nameOf(word)?.toUpperCase()).join(' '), {
      sql: text.slice(name[0]?.start, tokens[last]?.end),
      value: text.slice(tokens[at + 1]?.start, tokens[last]?.end),
    });
    at = last;
  }
  words.push(...pending.map(({ text }) => text));
  return {
    text,
    named,
    words: words.join(' ').toUpperCase(),
    charset: charsetOf(named.get('DEFAULT CHARSET')?.value, named.get('COLLATE')?.value) ?? {},
  };
}

/** The same options without one of them. */
export function withoutOption(options: TableOptions, name: string): TableOptions {
  const option = options.named.get(name);
  return option === undefined ? options : readOptions(options.text.replace(` ${option.sql}`, ''));
}
