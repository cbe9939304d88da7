import prettyBytes from 'pretty-bytes';
import type { Leftover } from '../clean/leftover.js';
import { humanMs, oneLine } from '../text/human.js';
import { ink, type TextStyle } from '../text/layout.js';

const words = {
  removable: 'can go',
  kept: 'kept',
  'in-use': 'in use',
  'not-ours': 'not ours',
} as const;

/** What is left behind, for people; and what to do about it. */
export function cleanAsText(leftovers: readonly Leftover[], applied: boolean, style: TextStyle): string {
  if (leftovers.length === 0) return 'Nothing is left behind.\n';
  const lines = leftovers.map((each) => lineOf(each, style)).join('');
  const isOpen = leftovers.some(({ verdict }) => verdict === 'removable');
  return `${lines}${isOpen && !applied ? 'Next: alterwise clean --apply removes what can go.\n' : ''}`;
}

function lineOf({ name, what, verdict, removal, ageMs, bytes }: Leftover, style: TextStyle): string {
  const size = [
    ageMs !== undefined && `${humanMs(ageMs)} old`,
    bytes !== undefined && prettyBytes(bytes),
  ].filter(Boolean);
  const word = removal === undefined ? words[verdict] : removal.removed ? 'removed' : 'not removed';
  const why = removal?.removed === false ? `; ${removal.why}` : '';
  const extent = size.length > 0 ? ` (${size.join(', ')})` : '';
  return `${ink(style, 'bold', word.padEnd(11))} ${oneLine(`${name}${extent}: ${what}${why}`)}\n`;
}
