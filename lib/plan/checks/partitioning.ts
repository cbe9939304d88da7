import { keyword } from '../../sql/cursor.js';
import { lex } from '../../sql/lexer.js';
import { grouped } from './parentheses.js';

/** How RANGE or LIST deals out the rows. */
export interface Partitioning {
  /** As SHOW CREATE TABLE says it. */
  text: string;
  method: 'RANGE' | 'LIST';
  /** Between the parentheses behind the method: an expression, or of COLUMNS the columns. */
  expression: string;
  /** What stands in the parentheses of each VALUES, in their order. */
  values: readonly string[];
  /** MAXVALUE or DEFAULT: there is a partition for all the rest. */
  hasRest: boolean;
}

/** Undefined of a table without partitions, and by any other method, where every row has its place. */
export function partitioningOf(definition: string): Partitioning | undefined {
  // A string of a default cannot stand at the beginning of a line: SHOW CREATE TABLE writes its line ends as \n.
  const start = /^(?:\/\*!\d+| ) ?PARTITION BY /m.exec(definition);
  if (start === null) return undefined;
  const text = definition
    .slice(start.index)
    .replace(/^\/\*!\d+|\*\/\s*$/g, '')
    .trim();
  const method = keyword(lex(text)[2]);
  const by = grouped(text);
  if ((method !== 'RANGE' && method !== 'LIST') || by === undefined) return undefined;
  const values: string[] = [];
  let hasRest = false;
  const tokens = lex(by.rest);
  for (const [at, token] of tokens.entries()) {
    if (keyword(token) === 'DEFAULT') hasRest = true;
    if (keyword(token) !== 'VALUES') continue;
    const [first, second] = [tokens[at + 1], tokens[at + 2]].map(keyword);
    const bound = tokens[first === 'LESS' ? at + 3 : at + 2];
    if (keyword(bound) === 'MAXVALUE') hasRest = true;
    else if (bound?.text === '(' && (second === 'THAN' || first === 'IN')) {
      values.push(grouped(by.rest.slice(bound.start))?.inside ?? '');
    }
  }
  return { text, method, expression: by.inside, values, hasRest };
}
