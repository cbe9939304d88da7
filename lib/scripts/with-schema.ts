import { quoteName } from '../sql/names.js';
import { codeOf, keyword, nameOf, unmarked } from '../sql/tokens.js';

/**
 * A statement with one schema name replaced by another: in front of a dot, in USE and SHOW, and in strings if the
 * statement queries information_schema.
 * @param isFolded whether names are the same if only their case differs
 * @throws {Fault} if it cannot be parsed
 */
export function withSchema(sql: string, from: string, to: string, isFolded = false): string {
  const tokens = unmarked(codeOf(sql));
  const asksDictionary = tokens.some((token) => nameOf(token)?.toLowerCase() === 'information_schema');
  const isCommand = ['USE', 'SHOW'].includes(keyword(tokens[0]) ?? '');
  let result = '';
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    const isText = asksDictionary && token.kind === 'string' && token.text.slice(1, -1) === from;
    const isName =
      isSameName(nameOf(token), from, isFolded) && (isCommand || tokens[index + 1]?.text === '.');
    if (!isText && !isName) continue;
    result += sql.slice(at, token.start) + (isText ? `'${to}'` : quoteName(to));
    at = token.end;
  }
  return result + sql.slice(at);
}

/** The names in front of a dot: schemas, but also tables and aliases. */
export function qualifiers(sql: string): Set<string> {
  const tokens = unmarked(codeOf(sql));
  const found = tokens.filter((_, index) => tokens[index + 1]?.text === '.');
  return new Set(found.flatMap((token) => nameOf(token) ?? []));
}

/** The schemas of the functions and sequences that a statement uses: `a.f(…)`, `NEXT VALUE FOR a.s`. */
export function called(sql: string): string[] {
  const tokens = unmarked(codeOf(sql));
  return tokens.flatMap((token, index) => {
    if (tokens[index + 1]?.text !== '.') return [];
    const isCall = tokens[index + 3]?.text === '(' || keyword(tokens[index - 1]) === 'FOR';
    return isCall ? (nameOf(token) ?? []) : [];
  });
}

/** @param isFolded whether names are the same if only their case differs (`lower_case_table_names`) */
export function isSameName(one: string | undefined, other: string, isFolded: boolean): boolean {
  return one === other || (isFolded && one?.toLowerCase() === other.toLowerCase());
}

/**
 * Whether a script sent what was planned, with or without the name of its schema, quoted or not.
 * @param schema the default schema of the session
 */
export function isSameText(planned: string, sent: string, schema: string | undefined): boolean {
  const [one, other] = [withoutEnd(planned), withoutEnd(sent)];
  if (one === other || schema === undefined) return one === other;
  return withSchema(one, schema, schema) === withSchema(other, schema, schema);
}

/** Sequelize ends statements with `;`. */
export function withoutEnd(text: string): string {
  return text.replace(/[\s;]+$/, '');
}
