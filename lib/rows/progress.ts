import type { Emit, Progress } from '../documents/event.js';
import { type TableName, tableLabel } from '../sql/names.js';

export type TellProgress = (progress: Progress) => void;

const everyMs = 1_000;

/** How far the looking is, at most once a second. */
export function progressOf(emit: Emit, table: TableName): TellProgress {
  const start = performance.now();
  let told = start;
  return (progress) => {
    const now = performance.now();
    if (now - told < everyMs) return;
    told = now;
    emit({
      type: 'progress',
      phase: 'check',
      table: tableLabel(table),
      elapsedMs: Math.round(now - start),
      ...progress,
    });
  };
}

/** @param total an estimate: below 100 % until it is really done */
export function rowsProgress(done: number, total: number | undefined): Progress {
  if (total === undefined || total === 0) return { rowsCopied: done };
  return { rowsCopied: done, rowsTotal: total, percent: Math.min(99, (100 * done) / total) };
}
