import { type Line, type Row, type StatementView, type View, wordsOf } from '../view/view.js';
import { markdownText, sqlBlock, summaryText } from './escape.js';

/** A comment for a pull request: the verdict, the dangers, a table of statements, and each of them, folded. */
export function viewAsMarkdown(view: View): string {
  const { heading, verdict, alarms, review, statements, offers, next } = view;
  const parts = [
    `## ${lineText(verdict)}`,
    quoted([...alarms, ...review]),
    overview(view),
    ...statements.map(section),
    list(offers),
    list(next),
    `<sub>${markdownText(heading)}</sub>`,
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** Each line a paragraph of its own, or Markdown would put them all into one. */
function quoted(rows: readonly Row[]): string {
  return rows
    .flatMap(({ label, lines }) => lines.map((line) => `> **${markdownText(label)}** ${lineText(line)}`))
    .join('\n>\n');
}

function overview({ statements, wordLabel }: View): string {
  const labels = statements[0]?.overview.map(({ label }) => label) ?? [];
  const short = statements.some(({ sentence }) => sentence !== undefined);
  const head = ['Statement', wordLabel, ...labels, ...(short ? ['In short'] : [])];
  const body = statements.map(({ title, word, overview, sentence, alarms }) => [
    markdownText(title),
    `**${markdownText(wordsOf(word))}**`,
    ...overview.map(({ text }) => markdownText(text)),
    ...(short ? [markdownText(sentence ?? briefOf(alarms))] : []),
  ]);
  const cells = [head, head.map(() => '---'), ...body];
  return cells.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Where there is no sentence, the first of its alarms. */
function briefOf(alarms: readonly Row[]): string {
  const line = alarms[0]?.lines[0];
  return line === undefined ? '' : (line.brief ?? wordsOf(line));
}

/** Open where there is something dangerous. */
function section({ title, word, sql, alarms, rows }: StatementView): string {
  const open = alarms.length > 0 ? ' open' : '';
  return [
    `<details${open}>\n<summary><b>${summaryText(title)}</b>: ${summaryText(wordsOf(word))}</summary>`,
    list(alarms),
    sqlBlock(sql),
    list(rows.filter(({ code }) => !code)),
    '</details>',
  ]
    .filter(Boolean)
    .join('\n\n');
}

function list(rows: readonly Row[]): string {
  return rows
    .map(({ label, lines, code }) => {
      if (code) return lines.map(({ text }) => indented(sqlBlock(text))).join('\n');
      return `- **${markdownText(label)}** ${lines.map(lineText).join('<br>')}`;
    })
    .join('\n');
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

function lineText(line: Line): string {
  const { lead, tone } = line;
  if (lead === undefined || tone !== 'bad') return markdownText(wordsOf(line));
  const rest = wordsOf(line).slice(lead.length);
  return `**${markdownText(lead)}**${rest === '' ? '' : ` ${markdownText(rest)}`.replace(/^ (?=[:,;])/, '')}`;
}
