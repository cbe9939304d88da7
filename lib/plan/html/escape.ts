import { oneLine } from '../human.js';

/** Text from a server or a user, in the text of an element or in quotes. */
export function html(text: string): string {
  return escaped(oneLine(text));
}

/** The same for text that keeps its lines. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
