import { keyword, nameOf } from '../sql/cursor.js';
import { lex, type Token } from '../sql/lexer.js';
import { quoteName } from '../sql/quote.js';

/**
 * A statement about another schema: names in front of a dot, the schema that USE and SHOW name, and, where the
 * dictionary is asked, texts that are the name.
 * @param isFolded whether names that differ in case only are the same
 * @throws {Fault} where it cannot be read
 */
export function withSchema(sql: string, from: string, to: string, isFolded = false): string {
  const tokens = codeOf(sql);
  const first = keyword(tokens[0]);
  const asksDictionary = tokens.some((token) => nameOf(token)?.toLowerCase() === 'information_schema');
  let result = '';
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    const replacement = replacementOf(token, tokens[index + 1], {
      first,
      asksDictionary,
      from,
      to,
      isFolded,
    });
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
  isFolded: boolean;
}

function replacementOf(
  token: Token,
  next: Token | undefined,
  { first, asksDictionary, from, to, isFolded }: Around,
): string | undefined {
  if (token.kind === 'string') {
    return asksDictionary && token.text.slice(1, -1) === from ? `'${to}'` : undefined;
  }
  if (token.kind !== 'word' && token.kind !== 'quoted-name') return undefined;
  if (!isSameName(nameOf(token), from, isFolded)) return undefined;
  const isQualifier = next?.text === '.';
  const isNamed = first === 'USE' || first === 'SHOW';
  return isQualifier || isNamed ? quoteName(to) : undefined;
}

/** The schemas that a statement names in front of a dot; names of tables and aliases are among them. */
export function qualifiers(sql: string): Set<string> {
  const tokens = codeOf(sql);
  const found = tokens.filter((_, index) => tokens[index + 1]?.text === '.');
  return new Set(found.flatMap((token) => nameOf(token) ?? []));
}

/** The schemas of functions and sequences that a statement calls by name: `a.f(…)`, `NEXT VALUE FOR a.s`. */
export function called(sql: string): string[] {
  const tokens = codeOf(sql);
  return tokens.flatMap((token, index) => {
    if (tokens[index + 1]?.text !== '.') return [];
    const isCall = tokens[index + 3]?.text === '(' || keyword(tokens[index - 1]) === 'FOR';
    return isCall ? (nameOf(token) ?? []) : [];
  });
}

/** Without comments and without the marks of executable ones, which may stand between a name and its dot. */
function codeOf(sql: string): Token[] {
  return lex(sql).filter(({ kind }) => !['comment', 'code-open', 'code-close'].includes(kind));
}

/** @param isFolded whether names of schemas that differ in case only are the same (`lower_case_table_names`) */
export function isSameName(one: string | undefined, other: string, isFolded: boolean): boolean {
  return one === other || (isFolded && one?.toLowerCase() === other.toLowerCase());
}
