import { oneLine } from './human.js';
import { ink, type TextStyle, wrap } from './layout.js';
import type { RunResult } from './result.js';
import { inks, rowText } from './row-text.js';
import { resultView } from './view/result-view.js';
import type { StatementView } from './view/view.js';

export { outcomeText } from './view/result-view.js';

/** How a run ended, for people. */
export function resultAsText(result: RunResult, style: TextStyle): string {
  const blocks = resultView(result).statements.map((statement) => statementText(statement, style));
  return `${blocks.join('\n')}${ink(style, 'dim', `Run ${result.run}`)}\n`;
}

function statementText({ title, word, rows }: StatementView, style: TextStyle): string {
  const ending = ink(style, inks[word.tone ?? 'info'], word.lead ?? '');
  const [first = '', ...rest] = wrap(oneLine(title), style.columns - 40);
  const head = [first, ...rest].map((line) => ink(style, 'bold', line)).join('\n');
  return `${head}: ${ending}\n${rows.map((row) => rowText(row, style)).join('')}`;
}
