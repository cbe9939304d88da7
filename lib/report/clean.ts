import type { Leftover } from '../documents/answers.js';
import { humanBytes, humanMs, oneLine } from '../text/human.js';
import { ink, type TextStyle } from '../text/layout.js';

/** `alterwise clean`: what is left behind, and what to do about it. */
export function cleanAsText(leftovers: readonly Leftover[], applied: boolean, style: TextStyle): string {
  if (leftovers.length === 0) return 'Nothing is left behind.\n';
  const lines = leftovers.map((each) => leftoverLine(each, style)).join('');
  const isOpen = !applied && leftovers.some(({ verdict }) => verdict === 'removable');
  return `${lines}${isOpen ? 'Next: alterwise clean --apply removes what is removable.\n' : ''}`;
}

function leftoverLine({ name, what, verdict, removal, ageMs, bytes }: Leftover, style: TextStyle): string {
  const size = [ageMs !== undefined && `${humanMs(ageMs)} old`, bytes !== undefined && humanBytes(bytes)];
  const word =
    removal === undefined ? verdict.replace('-', ' ') : removal.removed ? 'removed' : 'not removed';
  const why = removal?.removed === false ? `; ${removal.why}` : '';
  const extent = size.some(Boolean) ? ` (${size.filter(Boolean).join(', ')})` : '';
  return `${ink(style, 'bold', word.padEnd(11))} ${oneLine(`${name}${extent}: ${what}${why}`)}\n`;
}
