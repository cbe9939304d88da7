import ora from 'ora';
import type { Event } from '../documents/event.js';
import { describe } from '../report/event-text.js';
import { cut, type Ink, ink } from '../text/layout.js';
import { Current } from './current.js';
import type { Reporter, ReportOptions, ReportStream } from './lines.js';

const redrawMs = 100;
/** The spinner, a space, the last column, which some terminals wrap at, and the `^C` of somebody who stops it. */
const margin = 5;

/** Events on a terminal: one moving line, and above it what is over. */
export function terminalReporter(
  stream: ReportStream,
  { withPlan = false, color }: Pick<ReportOptions, 'withPlan'> & { color: boolean },
): Reporter {
  const current = new Current();
  const style = () => ({ color, columns: stream.columns ?? 80 });
  const line = () => cut(current.text(), Math.max(0, style().columns - margin));
  const spinner = ora({
    stream,
    interval: redrawMs,
    isEnabled: true,
    color: color ? 'cyan' : false,
    // With the terminal in raw mode Ctrl-C would be no signal any more.
    discardStdin: false,
  });
  const redraw = () => {
    spinner.text = line();
  };
  const timer = setInterval(redraw, redrawMs);
  timer.unref();
  stream.on('resize', redraw);

  const persist = (symbol: string, shade: Ink, text: string) => {
    spinner.stopAndPersist({ symbol: ink(style(), shade, symbol), text });
  };
  return {
    emit(event) {
      const isOver = event.type === 'phase' || event.type === 'plan' || event.type === 'outcome';
      const over = isOver ? current.ended() : '';
      if (over !== '') persist(...(markOf(event) ?? good), cut(over, Math.max(0, style().columns - 3)));
      current.note(event);
      if (event.type === 'plan' && withPlan) {
        spinner.stop();
        stream.write(`${describe(event, style())}\n\n`);
      }
      const mark = markOf(event);
      if (mark) persist(...mark, describe(event, style()));
      redraw();
      if (current.isActive && !spinner.isSpinning) spinner.start();
    },
    stop() {
      clearInterval(timer);
      stream.off('resize', redraw);
      spinner.stop();
    },
  };
}

type Mark = readonly [symbol: string, shade: Ink];

const good: Mark = ['✔', 'green'];
const bad: Mark = ['✖', 'red'];
const attention: Mark = ['⚠', 'yellow'];

/** How an event is marked that stays on the screen. */
function markOf(event: Event): Mark | undefined {
  if (event.type === 'outcome') {
    const { exitCode, outcome } = event.result;
    if (outcome === 'not-started') return skipped;
    return exitCode === 0 ? good : bad;
  }
  return marks[event.type];
}

const skipped: Mark = ['–', 'dim'];

const marks: Partial<Record<Event['type'], Mark>> = {
  attempt: attention,
  blockers: attention,
  warning: attention,
  'gh-ost': ['·', 'dim'],
};
