import type { KindOf } from './kind.js';
import { longestText } from './longest-text.js';
import { type Harm, harmed, type Pair } from './pair.js';

/** Text to bytes keeps those of its own charset. */
export function toBinary({ column, before, after }: Pair & { after: KindOf<'binary'> }): Harm[] | undefined {
  if (before.family === 'binary' || before.family === 'text') {
    const isWide = before.family === 'binary' && before.bytes <= after.bytes;
    const isFull = before.family === 'binary' && before.padded && before.bytes >= after.bytes;
    const bytes = before.family === 'binary' ? `CAST(${column} AS BINARY)` : column;
    return [
      ...harmed(
        'value-cut',
        `would be cut to ${after.bytes} bytes`,
        !isWide && `LENGTH(${bytes}) > ${after.bytes}`,
      ),
      ...harmed(
        'value-padded',
        `would be filled up with zero bytes to ${after.bytes}`,
        after.padded && !isFull && `LENGTH(${bytes}) < ${after.bytes}`,
      ),
    ];
  }
  const longest = longestText(before);
  if (longest === undefined || before.family === 'json') return undefined;
  const length = `LENGTH(CONCAT(${column}))`;
  return [
    ...harmed(
      'value-cut',
      `would be cut to ${after.bytes} bytes`,
      longest * 4 > after.bytes && `${length} > ${after.bytes}`,
    ),
    ...harmed(
      'value-padded',
      `would be filled up with zero bytes to ${after.bytes}`,
      after.padded && `${length} < ${after.bytes}`,
    ),
  ];
}
