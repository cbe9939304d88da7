import type { Plan } from '../documents/plan.js';
import type { RunResult } from '../documents/result.js';
import { oneLine } from '../text/human.js';
import { block } from '../text/layout.js';
import { html } from './html.js';
import { planView } from './plan-view.js';
import { resultView } from './result-view.js';
import { type Line, type Row, type StatementView, type View, wordsOf } from './view.js';

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

/**
 * Text from a server or a user as Markdown shows it letter by letter: no emphasis, no HTML, no cell of a table, no
 * link, nobody who is mentioned by it, no formula.
 */
export function markdownText(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]{}#~|!]/g, (char) => `\\${char}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('$', '&#36;')
    .replaceAll('://', '&#58;//')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`)
    .replaceAll('@', '@<!-- -->');
}

/** The same where Markdown does not read, but HTML: in a summary. */
export function summaryText(text: string): string {
  return html(text).replaceAll('@', '@<!-- -->');
}

/** A block of SQL, in a fence that is longer than any in it. */
export function sqlBlock(sql: string): string {
  const text = block(sql);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sql\n${text}\n${fence}`;
}

/** The plan as a comment of a pull request. */
export function planAsMarkdown(plan: Plan): string {
  return viewAsMarkdown(planView(plan));
}

/** How a run ended, as a comment of a pull request. */
export function resultAsMarkdown(result: RunResult): string {
  return viewAsMarkdown(resultView(result));
}
