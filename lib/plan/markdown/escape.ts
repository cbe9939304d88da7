import { block } from '../block.js';
import { html } from '../html/escape.js';
import { oneLine } from '../human.js';

/**
 * Text from a server or a user as Markdown shows it letter by letter: no emphasis, no HTML, no cell of a table, no
 * link, nobody who is mentioned by it, no formula.
 */
export function markdownText(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]{}#~|!]/g, (char) => `\\${char}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('$', '&#36;')
    .replaceAll('://', '&#58;//')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`)
    .replaceAll('@', '@<!-- -->');
}

/** The same where Markdown does not read, but HTML: in a summary. */
export function summaryText(text: string): string {
  return html(text).replaceAll('@', '@<!-- -->');
}

/** A block of SQL, in a fence that is longer than any in it. */
export function sqlBlock(sql: string): string {
  const text = block(sql);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sql\n${text}\n${fence}`;
}
