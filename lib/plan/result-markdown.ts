import { viewAsMarkdown } from './markdown/view-as-markdown.js';
import type { RunResult } from './result.js';
import { resultView } from './view/result-view.js';

/** How a run ended, as a comment of a pull request. */
export function resultAsMarkdown(result: RunResult): string {
  return viewAsMarkdown(resultView(result));
}
