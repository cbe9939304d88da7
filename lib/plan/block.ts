import { stripVTControlCharacters } from 'node:util';

/** Text that keeps its lines and nothing else that is not seen: for a block of SQL. */
export function block(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n'))
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
}
