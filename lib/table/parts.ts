import { lex, type Token } from '../sql/lexer.js';
import { isSameName } from '../sql/names.js';
import { findWords, grouped, keyword, listed, nameOf, namesIn, textOf, unmarked } from '../sql/tokens.js';
import { present } from '../util/present.js';
import { type ColumnPart, type PartText, readColumn, type TableCharset } from './column.js';

/** The parts between the parentheses of CREATE TABLE, by kind. */
export interface Parts {
  column: ColumnPart;
  key: Key;
  'primary-key': Key;
  'foreign-key': ForeignKey;
  check: CheckConstraint;
  period: Other;
  other: Other;
}

export type Part = Parts[keyof Parts];

export interface Key extends PartText {
  what: 'key' | 'primary-key';
  type: 'PRIMARY' | 'UNIQUE' | 'FULLTEXT' | 'SPATIAL' | 'VECTOR' | 'INDEX';
  unique: boolean;
  items: readonly KeyItem[];
  /** The list of the items, as it is written. */
  itemsSql: string;
  /** The optimizer does not use it: INVISIBLE on MySQL, IGNORED on MariaDB. */
  hidden?: 'INVISIBLE' | 'IGNORED';
}

interface KeyItem {
  /** Absent if the item is an expression. */
  column?: string;
  expression?: string;
  /** Only the first characters of the column. */
  hasPrefix: boolean;
}

export interface ForeignKey extends PartText {
  what: 'foreign-key';
  columns: readonly string[];
  /** The schema is absent if it is that of the table. */
  parent: { schema?: string; name: string };
  parentColumns: readonly string[];
  /** `ON DELETE CASCADE ON UPDATE SET NULL`, or empty. */
  actions: string;
}

export interface CheckConstraint extends PartText {
  what: 'check';
  expression: string;
  enforced: boolean;
}

/** PERIOD FOR (MariaDB), and whatever else a server may write there. */
interface Other extends PartText {
  what: 'period' | 'other';
}

/** @param charset of the table */
export function readPart(sql: string, charset: TableCharset): Part {
  const tokens = lex(sql);
  const [first] = tokens;
  if (first?.kind === 'quoted-name') return readColumn(nameOf(first) ?? '', sql, charset);
  const at = tokens.findIndex(({ kind, text }) => kind === 'quoted-name' || text === '(');
  const token = tokens[at];
  const name = token?.kind === 'quoted-name' ? (nameOf(token) ?? '') : '';
  const words = tokens.slice(0, at).map((word) => keyword(word) ?? '');
  const text = { name, sql, body: name === '' ? sql : withoutName(tokens, at, sql) };
  if (words.at(-1) === 'KEY' || words.at(-1) === 'INDEX') return readKey(text, words, tokens);
  if (words[0] === 'CONSTRAINT' || words[0] === 'CHECK' || words[0] === 'FOREIGN') {
    return readConstraint(text, tokens, words[0] === 'CONSTRAINT' ? at + 1 : 0);
  }
  return { what: words[0] === 'PERIOD' ? 'period' : 'other', ...text };
}

/** `UNIQUE KEY (…)`, `CHECK (…)` */
function withoutName(tokens: readonly Token[], at: number, sql: string): string {
  const words = tokens.slice(0, at).map(({ text }) => text);
  return [...words.filter((word) => word !== 'CONSTRAINT'), sql.slice(tokens[at + 1]?.start)].join(' ');
}

function readKey(text: PartText, words: readonly string[], tokens: readonly Token[]): Key {
  const types = ['PRIMARY', 'UNIQUE', 'FULLTEXT', 'SPATIAL', 'VECTOR'] as const;
  const type = types.find((each) => each === words[0]) ?? 'INDEX';
  const list = grouped(text.sql, tokens);
  const hidden = (['INVISIBLE', 'IGNORED'] as const).find((word) =>
    tokens.slice(list?.next).some((token) => keyword(token) === word),
  );
  return {
    what: type === 'PRIMARY' ? 'primary-key' : 'key',
    ...text,
    type,
    unique: type === 'PRIMARY' || type === 'UNIQUE',
    items: listed(list?.inside ?? '').map(readItem),
    itemsSql: list?.inside ?? '',
    ...(hidden && { hidden }),
  };
}

function readItem(sql: string): KeyItem {
  const tokens = lex(sql);
  const [first] = tokens;
  const group = grouped(sql, tokens);
  if (first?.text === '(') return { expression: group?.inside ?? '', hasPrefix: false };
  return { column: (first && nameOf(first)) ?? '', hasPrefix: group !== undefined };
}

/** @param start the token after the name */
function readConstraint(text: PartText, tokens: readonly Token[], start: number): Part {
  const own = grouped(text.sql, tokens, start);
  if (own === undefined) return { what: 'other', ...text };
  if (keyword(tokens[start]) === 'CHECK') {
    const enforced = findWords(unmarked(tokens.slice(own.next)), 'NOT', 'ENFORCED') === undefined;
    return { what: 'check', ...text, expression: own.inside, enforced };
  }
  const theirs = grouped(text.sql, tokens, own.next);
  const parent = tokens.slice(own.next + 1, theirs?.open).flatMap((token) => nameOf(token) ?? []);
  return {
    what: 'foreign-key',
    ...text,
    columns: namesIn(own.inside),
    parent: present({ schema: parent.at(-2), name: parent.at(-1) ?? '' }),
    parentColumns: namesIn(theirs?.inside ?? ''),
    actions: textOf(tokens.slice(theirs?.next), text.sql),
  };
}

/** The text of a foreign key that refers to another table. @param parent quoted; empty for none at all */
export function withParent({ sql }: ForeignKey, parent: string): string {
  const tokens = lex(sql);
  const at = findWords(tokens, 'REFERENCES') ?? 0;
  const columns = tokens[grouped(sql, tokens, at)?.open ?? tokens.length];
  return `${sql.slice(0, tokens[at + 1]?.start)}${parent} ${sql.slice(columns?.start)}`;
}

/** Names in a definition do not depend on case. */
export function isSamePart(a: Pick<Part, 'what' | 'name'>, b: Pick<Part, 'what' | 'name'>): boolean {
  return a.what === b.what && isSameName(a.name, b.name);
}
