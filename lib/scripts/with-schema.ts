import { keyword, nameOf } from '../sql/cursor.js';
import { lex, type Token } from '../sql/lexer.js';
import { quoteName } from '../sql/quote.js';

/**
 * A statement about another schema: names in front of a dot, the schema that USE and SHOW name, and, where the
 * dictionary is asked, texts that are the name.
 * @throws {Fault} where it cannot be read
 */
export function withSchema(sql: string, from: string, to: string): string {
  const tokens = lex(sql).filter(({ kind }) => kind !== 'comment');
  const first = keyword(tokens[0]);
  const asksDictionary = tokens.some((token) => nameOf(token)?.toLowerCase() === 'information_schema');
  let result = '';
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    const replacement = replacementOf(token, tokens[index + 1], { first, asksDictionary, from, to });
    if (replacement === undefined) continue;
    result += sql.slice(at, token.start) + replacement;
    at = token.end;
  }
  return result + sql.slice(at);
}

interface Around {
  first: string | undefined;
  asksDictionary: boolean;
  from: string;
  to: string;
}

function replacementOf(
  token: Token,
  next: Token | undefined,
  { first, asksDictionary, from, to }: Around,
): string | undefined {
  if (token.kind === 'string') {
    return asksDictionary && token.text.slice(1, -1) === from ? `'${to}'` : undefined;
  }
  if (token.kind !== 'word' && token.kind !== 'quoted-name') return undefined;
  if (nameOf(token) !== from) return undefined;
  const isQualifier = next?.text === '.';
  const isNamed = first === 'USE' || first === 'SHOW';
  return isQualifier || isNamed ? quoteName(to) : undefined;
}

/** The schemas that a statement names in front of a dot; names of tables and aliases are among them. */
export function qualifiers(sql: string): Set<string> {
  const tokens = lex(sql).filter(({ kind }) => kind !== 'comment');
  const found = tokens.filter((_, index) => tokens[index + 1]?.text === '.');
  return new Set(found.flatMap((token) => nameOf(token) ?? []));
}
