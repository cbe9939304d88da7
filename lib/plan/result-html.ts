import { viewAsHtml } from './html/view-as-html.js';
import type { RunResult } from './result.js';
import { resultView } from './view/result-view.js';

/** How a run ended, as one page. */
export function resultAsHtml(result: RunResult): string {
  return viewAsHtml(resultView(result));
}
