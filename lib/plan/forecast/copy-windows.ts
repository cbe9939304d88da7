import { type CopiedChunk, type CopyRoute, copyWindow } from './copy-window.js';
import { inPasses } from './spread.js';
import type { Window } from './windows.js';

/** So many chunks may be left out because somebody holds a row of them: each has cost a second. */
const heldLimit = 3;

/**
 * Copies a chunk from each window, as long as there is time: what was copied is spread over the table then as well.
 * @throws where too much of the table is held by others
 */
export async function copyWindows(
  route: CopyRoute,
  windows: readonly Window[],
  { budgetMs, signal }: { budgetMs: number; signal: AbortSignal },
): Promise<CopiedChunk[]> {
  const began = performance.now();
  const chunks: CopiedChunk[] = [];
  let held = 0;
  for (const window of inPasses(windows)) {
    if (performance.now() - began > budgetMs) break;
    signal.throwIfAborted();
    const chunk = await copyWindow(route, window);
    if (chunk !== undefined) chunks.push(chunk);
    else if (++held > heldLimit) throw new Error('rows of the table are held by other transactions');
  }
  return chunks;
}
