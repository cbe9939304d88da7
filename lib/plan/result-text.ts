import { blockerText } from './blocker-text.js';
import { counted, humanMs, oneLine } from './human.js';
import { type Ink, ink, row, type TextStyle } from './layout.js';
import type { OutcomeName, RunResult, StatementResult } from './result.js';
import { subjectOf } from './subject.js';

/** How a run ended, for people. */
export function resultAsText({ run, statements }: RunResult, style: TextStyle): string {
  const many = statements.length > 1;
  const blocks = statements.map((result, i) => statementText(result, many ? `${i + 1}. ` : '', style));
  return `${blocks.join('\n')}${ink(style, 'dim', `Run ${run}`)}\n`;
}

const words: Readonly<Record<OutcomeName, { text: string; ink: Ink }>> = {
  done: { text: 'done', ink: 'green' },
  nothing: { text: 'nothing to do', ink: 'green' },
  refused: { text: 'refused', ink: 'red' },
  'lock-timeout': { text: 'the lock was not obtained', ink: 'red' },
  aborted: { text: 'aborted', ink: 'yellow' },
  failed: { text: 'failed', ink: 'red' },
  'verification-failed': { text: 'verification failed', ink: 'red' },
  unknown: { text: 'not known', ink: 'red' },
  'not-started': { text: 'not started', ink: 'yellow' },
};

/** The outcome in words: `the lock was not obtained`. */
export function outcomeText(outcome: OutcomeName): string {
  return words[outcome].text;
}

function statementText(result: StatementResult, number: string, style: TextStyle): string {
  const { sql, outcome, reason, state, next, oldTable, left = [], blockers = [] } = result;
  const title = ink(style, 'bold', oneLine(`${number}${subjectOf(result)}`));
  const ending = ink(style, words[outcome].ink, words[outcome].text);
  return [
    `${title}: ${ending}\n`,
    row(style, 'Change', oneLine(sql, style.columns * 2)),
    row(style, 'Reason', oneLine(reason.text)),
    row(style, 'State', oneLine(state)),
    measures(result, style),
    ...blockers.map((blocker, i) => row(style, i === 0 ? 'Blockers' : '', blockerText(blocker))),
    oldTable === undefined ? '' : row(style, 'Old table', `${oneLine(oldTable)} is kept`),
    left.length === 0 ? '' : row(style, 'Left', left.map((name) => oneLine(name)).join(', ')),
    next === undefined ? '' : row(style, 'Next', oneLine(next)),
  ].join('');
}

function measures(result: StatementResult, style: TextStyle): string {
  const { strategy, durationMs, attempts, rowsCopied, writerStallMs } = result;
  if (durationMs === undefined) return '';
  const parts = [
    `${humanMs(durationMs)} by ${strategy}`,
    attempts !== undefined && attempts > 1 && counted(attempts, 'attempt'),
    rowsCopied !== undefined && `${counted(rowsCopied, 'row')} copied`,
    writerStallMs !== undefined && `writers stood still for at most ${humanMs(writerStallMs)}`,
  ];
  return row(style, 'Took', parts.filter(Boolean).join(', '));
}
