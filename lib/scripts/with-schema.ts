import { isServerError } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import { keyword, nameOf } from '../sql/cursor.js';
import { lex, type Token } from '../sql/lexer.js';
import { quoteName, quoteTable } from '../sql/names.js';

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

/** Copies views and triggers, with the account that copies as their definer; what cannot be made is told. */
export class ScratchViews {
  readonly #session: Session;
  readonly #from: string;
  readonly #to: string;

  readonly #others: readonly string[];

  /** @param others schemas that none of them may reach */
  constructor(session: Session, from: string, to: string, others: readonly string[]) {
    this.#others = others;
    this.#session = session;
    this.#from = from;
    this.#to = to;
  }

  async copyAll(views: readonly string[]): Promise<{ name: string; why: string }[]> {
    const triggers = await this.#session.rows<{ name: string }>(
      'SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA=? ORDER BY ACTION_ORDER',
      [this.#from],
    );
    const wanted = [
      ...views.map((name) => ({ name, kind: 'VIEW', column: 'Create View' })),
      ...triggers.map(({ name }) => ({ name, kind: 'TRIGGER', column: 'SQL Original Statement' })),
    ];
    let left = wanted.map((each) => ({ ...each, why: '' }));
    // A view may stand on another: as long as one more can be made, the rest is tried again.
    for (let before = Number.POSITIVE_INFINITY; left.length < before; ) {
      before = left.length;
      const failed: typeof left = [];
      for (const each of left) {
        const why = await this.#copy(each);
        if (why !== undefined) failed.push({ ...each, why });
      }
      left = failed;
    }
    return left.map(({ name, why }) => ({ name, why }));
  }

  /** @returns why it could not be made */
  async #copy({ name, kind, column }: { name: string; kind: string; column: string }) {
    try {
      const shown = await this.#session.rows<Record<string, string>>(
        `SHOW CREATE ${kind} ${quoteTable({ schema: this.#from, name })}`,
      );
      const definition = shown[0]?.[column]?.replace(
        /\bDEFINER\s*=\s*(`[^`]*`|'[^']*'|\S+?)@(`[^`]*`|'[^']*'|\S+)/i,
        '',
      );
      if (definition === undefined) return `the account may not see its definition`;
      const other = [...qualifiers(definition)].find((each) => this.#others.includes(each));
      if (other !== undefined) return `it reaches the schema ${other}`;
      await this.#session.execute(`USE ${quoteName(this.#to)}`);
      await this.#session.execute(withSchema(definition, this.#from, this.#to));
      return undefined;
    } catch (error) {
      if (!isServerError(error)) throw error;
      return error.message;
    }
  }
}

/**
 * Whether a script has sent what was planned: it may ask for the name of its schema, and quote it or not.
 * @param schema the default one of the session
 */
export function isSameText(planned: string, sent: string, schema: string | undefined): boolean {
  const [one, other] = [withoutEnd(planned), withoutEnd(sent)];
  if (one === other || schema === undefined) return one === other;
  return withSchema(one, schema, schema) === withSchema(other, schema, schema);
}

/** Sequelize ends what it sends with `;`, which is no part of the statement. */
export function withoutEnd(text: string): string {
  return text.replace(/[\s;]+$/, '');
}
