import { keyword, nameOf } from '../sql/cursor.js';
import { lex, type Token } from '../sql/lexer.js';
import { charsetText, type TableCharset } from './charset-text.js';
import { closing } from './tokens.js';

/** The options of a table, as SHOW CREATE TABLE writes them behind the parenthesis. */
export interface OptionsText {
  /** By their names in upper case, as they are written: `COMMENT='x'`. */
  named: ReadonlyMap<string, string>;
  /** Words that have no value, in upper case: WITH SYSTEM VERSIONING, TABLESPACE x. */
  words: string;
  charset: TableCharset;
}

export function readOptions(text: string): OptionsText {
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
