import { lex, type Token } from '../sql/lexer.js';
import {
  closing,
  findWords,
  grouped,
  hasKeyword,
  itemsOf,
  keyword,
  nameOf,
  topLevel,
} from '../sql/tokens.js';
import { present } from '../util/present.js';

/** How a table is partitioned. */
export interface Partitioning {
  /** All that follows the options of the table. */
  text: string;
  /** As it follows ALTER TABLE: from PARTITION BY on, without the marks of executable comments. */
  sql: string;
  /** `RANGE`, `LIST`, `HASH`, `KEY`, `SYSTEM_TIME` */
  method: string;
  /** The text in the parentheses of the method: an expression, or columns. */
  expression: string;
  /** Empty if they are only counted. */
  partitions: readonly Partition[];
}

export interface Partition {
  name: string;
  /** The text in the parentheses of VALUES; absent without them. */
  values?: string;
  /** It takes all rows that no other partition takes: MAXVALUE, DEFAULT. */
  takesRest: boolean;
}

/** @param text all that follows the options of SHOW CREATE TABLE, with or without the commas at the ends of its lines */
export function readPartitioning(text: string): Partitioning | undefined {
  const sql = withoutMarks(withCommas(text)).trim();
  if (sql === '') return undefined;
  const tokens = lex(sql);
  const list = tokens.findIndex(({ text }, at) => text === '(' && keyword(tokens[at + 1]) === 'PARTITION');
  const words = topLevel(tokens.slice(2)).map((token) => keyword(token) ?? '');
  return {
    text,
    sql,
    method: words.find((word) => word !== 'LINEAR') ?? '',
    expression: grouped(sql, tokens)?.inside ?? '',
    partitions:
      list === -1
        ? []
        : itemsOf(tokens.slice(list + 1, closing(tokens, list))).map((item) => readPartition(item, sql)),
  };
}

/** A definition that is kept line by line has lost them. */
function withCommas(text: string): string {
  return text.replace(/([^,\n])\n(?= +(?:SUB)?PARTITION )/g, '$1,\n');
}

function withoutMarks(text: string): string {
  const marks = lex(text).filter(({ kind }) => kind === 'code-open' || kind === 'code-close');
  const starts = [...marks.map(({ start }) => start), text.length];
  return starts.map((start, i) => text.slice(marks[i - 1]?.end ?? 0, start)).join('');
}

function readPartition(tokens: readonly Token[], sql: string): Partition {
  const [, first] = tokens;
  const name = (first && nameOf(first)) ?? '';
  const isBare = (token: Token | undefined) => ['MAXVALUE', 'DEFAULT'].includes(keyword(token) ?? '');
  const at = findWords(tokens, 'VALUES');
  if (at === undefined) return { name, takesRest: isBare(tokens[2]) };
  const bound = at + (keyword(tokens[at + 1]) === 'LESS' ? 3 : 2);
  if (isBare(tokens[bound])) return { name, takesRest: true };
  const values = grouped(sql, tokens, bound)?.inside;
  return present({ name, values, takesRest: hasKeyword(values ?? '', 'DEFAULT') });
}
