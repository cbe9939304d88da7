import type { Dissected, PartText } from './dissect.js';
import { sameName } from './match-columns.js';
import { namesIn } from './tokens.js';

/**
 * Keys that will not stand where they stood. A server lists keys by their kind, and those of a kind in the order in
 * which they were made (sql_table.cc, sort_keys); to give one its place back, others would have to be made anew.
 * @param keys as they will be, in the order of their making
 */
export function keyOrder(before: Dissected, keys: readonly PartText[]): PartText[] {
  const kinds = new Map(before.keys.map((key) => [key, kindOf(key, before)]));
  const kindOrder = (a: PartText, b: PartText) => (kinds.get(a) ?? 0) - (kinds.get(b) ?? 0);
  const order = [...keys].sort(kindOrder);
  const was = [...before.keys].sort(kindOrder);
  return was.filter((key, at) => order[at] !== key);
}

function kindOf({ sql, body }: PartText, { columns }: Dissected): number {
  if (sql.startsWith('PRIMARY KEY ')) return 0;
  if (sql.startsWith('FULLTEXT KEY ')) return 6;
  const names = namesIn(body);
  const own = columns.filter(({ name }) => names.some((each) => sameName(each, name)));
  if (sql.startsWith('UNIQUE KEY ')) {
    if (own.every(({ nullable }) => !nullable) && !body.includes('((')) return 1;
    return /`\(\d+\)/.test(body) ? 3 : 2;
  }
  // MySQL alone lists those over computed values behind, and writes their expressions in two pairs of parentheses.
  const isComputed = own.some(({ generated, sql }) => generated === 'virtual' && sql.includes(' AS (('));
  return isComputed || body.includes('((') ? 5 : 4;
}
