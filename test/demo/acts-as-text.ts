import { counted, humanCount, humanMs } from '../../lib/text/human.js';
import { ink, type TextStyle } from '../../lib/text/layout.js';
import type { Comparison, LoadReport } from '../load/index.js';
import type { Act } from './measured.js';

/** The table at the end: what each change took, and what the writers felt of it. */
export function actsAsText(acts: readonly Act[], style: TextStyle): string {
  const rows = acts.map(({ change, outcome, durationMs, longestStallMs, rowsBefore, rowsAfter }) => [
    change,
    outcome.failed === undefined ? outcome.strategy : 'FAILED',
    humanMs(durationMs),
    longestStallMs === undefined ? 'unknown' : humanMs(longestStallMs),
    humanCount(rowsBefore),
    humanCount(rowsAfter),
  ]);
  const [head, ...lines] = aligned([titles, ...rows]);
  return [ink(style, 'bold', head ?? ''), ...lines].join('\n');
}

const titles = ['Change', 'Strategy', 'Duration', 'Longest write stall', 'Rows before', 'Rows after'];
/** So many columns are texts, to the left; numbers are to the right. */
const texts = 2;

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = titles.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.map((cell, i) =>
      i < texts ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    return `  ${cells.join('  ')}`;
  });
}

export interface End {
  acts: readonly Act[];
  report: LoadReport;
  compared: Comparison;
  left: readonly string[];
}

/** What is under the table: the rows compared, what was left, and what did not end well. */
export function endAsText({ acts, report, compared, left }: End, style: TextStyle): string {
  const { rows, lost, doubled, different, samples } = compared;
  const verdict = `${lost} lost, ${doubled} doubled${different === 0 ? '' : `, ${different} different`}`;
  const color = lost + doubled + different === 0 ? 'green' : 'red';
  const log = `the log of ${humanCount(report.committed)} writes`;
  const oldTables = new Set(acts.map(({ outcome }) => outcome.oldTable));
  const errors = Object.entries(report.errors).map(([code, times]) => `${code} (${times} times)`);
  return [
    `  ${ink(style, color, verdict)}: ${counted(rows, 'row')} compared, value by value, with ${log}.`,
    ...samples.map((sample) => `    ${JSON.stringify(sample)}`),
    `  Errors that the writers met: ${errors.join(', ') || 'none'}.`,
    ...left.map(
      (name) => `  Left: ${name}${oldTables.has(name) ? ', the old table, kept as the way back.' : '.'}`,
    ),
    ...acts.flatMap(({ change, outcome: { failed } }) =>
      failed === undefined ? [] : [`  ${ink(style, 'red', 'FAILED')} ${change}: ${failed}`],
    ),
  ].join('\n');
}
