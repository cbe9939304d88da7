import { stripVTControlCharacters } from 'node:util';

const limit = 60;

/** A piece of SQL as a message shows it: in one line, without what steers a terminal, and not too long. */
export function excerpt(sql: string): string {
  // Cut first: a string may have megabytes.
  const line = stripVTControlCharacters(sql.slice(0, limit * 4)).replace(/[\s\p{Cc}]+/gu, ' ');
  return line.length > limit || sql.length > limit * 4 ? `${line.slice(0, limit)}…` : line;
}
