import { stripVTControlCharacters } from 'node:util';
import prettyBytes from 'pretty-bytes';
import prettyMs from 'pretty-ms';
import type { DurationRange, Estimate } from '../documents/plan.js';

/** `850ms`, `2.5s`, `3m 20s`, `1h 5m`. */
export function humanMs(ms: number): string {
  const rounded = ms < 10_000 ? Math.round(ms) : Math.round(ms / 1000) * 1000;
  return prettyMs(rounded, { unitCount: 2 });
}

/** `2m to 5m`, `about 2m`, `under 1s`. */
export function humanRange({ low, high }: DurationRange): string {
  if (high < 1000) return 'under 1s';
  const [from, to] = [humanMs(low), humanMs(high)];
  if (from === to) return `about ${to}`;
  return low < 1000 ? `up to ${to}` : `${from} to ${to}`;
}

/** `4,200,000`. */
export function humanCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `1.3 GB`. */
export function humanBytes(bytes: number): string {
  return prettyBytes(bytes);
}

/** `1 row`, `2 rows`. */
export function counted(count: number, noun: string): string {
  return `${humanCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Text from a server or a file on one line, without control characters and without changes of the text direction. */
export function oneLine(text: string, limit = Number.POSITIVE_INFINITY): string {
  const line = stripVTControlCharacters(text)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** `exactly 12 rows`, `about 4,210,000 rows`; undefined if unknown. */
export function rowCountText({ rows, rowsExact }: Pick<Estimate, 'rows' | 'rowsExact'>): string | undefined {
  if (rows === undefined) return undefined;
  return rowsExact
    ? `exactly ${counted(rows, 'row')}`
    : `about ${counted(Number(rows.toPrecision(3)), 'row')}`;
}
