import { keyword, nameOf } from '../sql/cursor.js';
import { lex, type Token } from '../sql/lexer.js';
import { closing, findWords, topLevel } from './tokens.js';

/** How a table is cut. */
export interface Partitioning {
  /** As it follows ALTER TABLE: from PARTITION BY on, without the marks of executable comments. */
  sql: string;
  /** All in front of the list of partitions, in single spaces. */
  head: string;
  /** `RANGE`, `LIST`, `HASH`, `KEY` */
  method: string;
  /** Empty where they are only counted. */
  partitions: readonly Partition[];
}

export interface Partition {
  name: string;
  sql: string;
  /** From VALUES on to its end. */
  values: string;
}

/** @param text the lines behind the options of SHOW CREATE TABLE, with or without the commas at their ends */
export function readPartitions(text: string): Partitioning | undefined {
  const sql = withoutMarks(withCommas(text)).trim();
  if (sql === '') return undefined;
  const tokens = lex(sql);
  const open = tokens.findIndex(
    ({ text }, at) => text === '(' && keyword(tokens[at + 1]) === 'PARTITION' && at > 0,
  );
  const head = open === -1 ? tokens : tokens.slice(0, open);
  const words = topLevel(head).map((token) => keyword(token) ?? '');
  return {
    sql,
    head: head.map(({ text }) => text).join(' '),
    method: words.find((word) => ['RANGE', 'LIST', 'HASH', 'KEY'].includes(word)) ?? '',
    partitions: open === -1 ? [] : items(tokens.slice(open + 1, closing(tokens, open)), sql),
  };
}

/** A definition that is kept line by line has lost them. */
function withCommas(text: string): string {
  return text.replace(/([^,\n])\n(?= +(?:SUB)?PARTITION )/g, '$1,\n');
}

function withoutMarks(text: string): string {
  let kept = '';
  let end = 0;
  for (const token of lex(text)) {
    if (token.kind !== 'code-open' && token.kind !== 'code-close') continue;
    kept += text.slice(end, token.start);
    end = token.end;
  }
  return kept + text.slice(end);
}

function items(tokens: readonly Token[], sql: string): Partition[] {
  const lists: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (token.text === ',' && depth === 0) lists.push([]);
    else lists.at(-1)?.push(token);
  }
  return lists.map((list) => {
    const from = findWords(list, 'VALUES');
    const open = from === undefined ? undefined : list.findIndex(({ text }, at) => at > from && text === '(');
    const isMax = from !== undefined && findWords(list.slice(from, from + 4), 'MAXVALUE') !== undefined;
    const to = isMax || open === undefined || open === -1 ? undefined : closing(list, open);
    const values = from === undefined ? [] : list.slice(from, to === undefined ? from + 4 : to + 1);
    return {
      name: (list[1] && nameOf(list[1])) ?? '',
      sql: sql.slice(list[0]?.start, list.at(-1)?.end),
      values: values.map(({ text }) => text).join(' '),
    };
  });
}
