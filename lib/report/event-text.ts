import type { Event, Progress } from '../documents/event.js';
import type { StatementResult } from '../documents/result.js';
import { blockerText } from '../text/blockers.js';
import { humanCount, humanMs, oneLine } from '../text/human.js';
import { subjectOf } from '../text/labels.js';
import type { TextStyle } from '../text/layout.js';
import { planView } from './plan-view.js';
import { outcomeText } from './result-view.js';
import { viewAsText } from './text.js';

/** An event as text; more than one line if it lists blockers or is a plan. */
export function describe(event: Event, style: TextStyle): string {
  switch (event.type) {
    case 'plan':
      // What to do next is being done.
      return viewAsText({ ...planView(event.plan), next: [] }, style).trimEnd();
    case 'phase':
      return oneLine(`${event.table}: ${event.phase}: ${event.text}`);
    case 'progress':
      return oneLine(`${event.table}: ${event.phase}: ${progressText(event)}`);
    case 'attempt':
      return withBlockers(`${event.table}: attempt ${event.attempt}: ${event.text}`, event.blockers);
    case 'blockers':
      return withBlockers(`${event.table}: ${event.text}`, event.blockers);
    case 'warning':
      return oneLine(`${event.table === undefined ? '' : `${event.table}: `}${event.text}`);
    case 'gh-ost':
      return oneLine(`gh-ost: ${event.level}: ${event.text}`);
    case 'outcome':
      return outcomeLine(event.result);
  }
}

/** How far the work is, the most important first. What is unknown is a `?`, never 0 or 100. */
export function progressText(progress: Progress): string {
  const { throttled, percent, etaMs, rowsCopied, rowsTotal, rowsPerSecond, backlog, lagMs, stage } = progress;
  const byRows = rowsCopied !== undefined || rowsTotal !== undefined;
  const measured = byRows || percent !== undefined || etaMs !== undefined;
  return [
    throttled !== undefined && `paused: ${throttled}`,
    // Rounded down: 99.97 is not 100.
    measured && `${percent === undefined ? '?' : (Math.floor(percent * 10) / 10).toFixed(1)}%`,
    measured && `${etaMs === undefined ? '?' : humanMs(etaMs)} left`,
    byRows && `${orUnknown(rowsCopied)} of ${orUnknown(rowsTotal)} rows`,
    rowsPerSecond !== undefined && `${humanCount(rowsPerSecond)} rows/s`,
    lagMs !== undefined && `lag ${humanMs(lagMs)}`,
    backlog !== undefined && backlog > 0 && `backlog ${humanCount(backlog)}`,
    stage !== undefined && stage,
  ]
    .filter(Boolean)
    .join(', ');
}

function orUnknown(count: number | undefined): string {
  return count === undefined ? '?' : humanCount(count);
}

function withBlockers(text: string, blockers: Extract<Event, { type: 'blockers' }>['blockers']): string {
  return [oneLine(text), ...blockers.map((blocker) => `  ${blockerText(blocker)}`)].join('\n');
}

function outcomeLine(result: StatementResult): string {
  const { outcome, durationMs, reason } = result;
  const took = durationMs === undefined ? '' : ` in ${humanMs(durationMs)}`;
  const why = outcome === 'done' ? '' : `: ${reason.text}`;
  return oneLine(`${subjectOf(result)}: ${outcomeText(result)}${took}${why}`);
}
