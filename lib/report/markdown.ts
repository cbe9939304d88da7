import { oneLine } from '../text/human.js';
import { block } from '../text/layout.js';
import { html } from './html.js';
import { type Line, type Row, type StatementView, type View, wordsOf } from './view.js';

/** A comment for a pull request: the verdict, the dangers, a table of statements, and each of them, folded. */
export function viewAsMarkdown(view: View): string {
  const { heading, verdict, alarms, statements, suggestions, next } = view;
  const parts = [
    `## ${lineText(verdict)}`,
    quoted(alarms),
    overview(view),
    ...statements.map((statement) => section(statement, statements.length > 1)),
    list(suggestions),
    list(next),
    `<sub>${markdownText(heading)}</sub>`,
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** Each row is a paragraph of its own, or Markdown would join them. */
function quoted(rows: readonly Row[]): string {
  return rows.map((row) => `> ${rowText(row)}`).join('\n>\n');
}

function rowText({ label, lines }: Row): string {
  const texts = lines.filter(({ code }) => !code).map(lineText);
  return `**${markdownText(label)}** ${texts.join('<br>')}`;
}

function overview({ statements, wordLabel }: View): string {
  const labels = Object.keys(statements[0]?.overview ?? {});
  const hasSummary = statements.some(({ summary }) => summary !== undefined);
  const head = ['Statement', wordLabel, ...labels, ...(hasSummary ? ['Summary'] : [])];
  const body = statements.map(({ title, word, overview, summary, alarms }) => {
    const [alarm] = alarms[0]?.lines ?? [];
    const short = summary ?? (alarm && wordsOf(alarm)) ?? '';
    const texts = [...Object.values(overview), ...(hasSummary ? [short] : [])];
    return [markdownText(title), `**${markdownText(wordsOf(word))}**`, ...texts.map(markdownText)];
  });
  return [head, head.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Open if it has alarms; those of a single statement are shown above it already. */
function section({ title, word, sql, alarms, rows }: StatementView, many: boolean): string {
  return [
    `<details${alarms.length > 0 ? ' open' : ''}>`,
    `<summary><b>${summaryText(title)}</b>: ${summaryText(wordsOf(word))}</summary>\n`,
    ...(many && alarms.length > 0 ? [`${list(alarms)}\n`] : []),
    `${sqlBlock(sql)}\n`,
    `${list(rows)}\n`,
    '</details>',
  ].join('\n');
}

function list(rows: readonly Row[]): string {
  return rows
    .flatMap((row) => [
      `- ${rowText(row)}`,
      ...row.lines.filter(({ code }) => code).map(({ text }) => sqlBlock(text).replace(/^/gm, '  ')),
    ])
    .join('\n');
}

function lineText(line: Line): string {
  const { lead, tone } = line;
  if (lead === undefined || tone !== 'bad') return markdownText(wordsOf(line));
  const rest = wordsOf(line).slice(lead.length);
  return `**${markdownText(lead)}**${rest === '' ? '' : ` ${markdownText(rest)}`.replace(/^ (?=[:,;])/, '')}`;
}

/** Escapes text from a server or a user: no emphasis, HTML, table cell, link, mention or formula comes of it. */
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

/** The same in a summary, which is read as HTML and not as Markdown. */
function summaryText(text: string): string {
  return html(text).replaceAll('@', '@<!-- -->');
}

/** A block of SQL in a fence that is longer than any in it. */
export function sqlBlock(sql: string): string {
  const text = block(sql);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sql\n${text}\n${fence}`;
}
