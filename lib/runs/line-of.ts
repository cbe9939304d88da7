import type { RecordLine, TimedLine } from './record.js';

/** The last line of this kind that a record has about a statement; undefined where there is none. */
export function lineOf<T extends 'start' | 'swapping' | 'swapped' | 'end'>(
  lines: readonly TimedLine[],
  type: T,
  index: number,
): Extract<RecordLine, { type: T }> | undefined {
  const isMeant = (line: TimedLine): line is TimedLine & Extract<RecordLine, { type: T }> =>
    line.type === type && 'index' in line && line.index === index;
  return lines.findLast(isMeant);
}
