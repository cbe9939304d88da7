import { block } from '../block.js';
import { type Line, type Row, type StatementView, type View, wordsOf } from '../view/view.js';
import { escaped, html } from './escape.js';
import { style } from './style.js';

/** One file that needs nothing else: no script, no font, no picture. The dangerous stands first. */
export function viewAsHtml(view: View): string {
  const { heading, verdict, statements, offers, next } = view;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html(`${wordsOf(verdict)} · ${heading}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1 class="${verdict.tone ?? 'info'}">${html(wordsOf(verdict))}</h1>
<p class="quiet">${html(heading)}</p>
</header>
${alarmBox(view)}
${statements.length > 1 ? overview(view) : ''}
${statements.map((statement, i) => section(statement, i, statements.length > 1)).join('\n')}
${offers.length > 0 ? `<section aria-label="Offers">${list(offers)}</section>` : ''}
${next.length > 0 ? `<footer><section aria-label="Next">${list(next)}</section></footer>` : ''}
</main>
</body>
</html>
`;
}

function alarmBox({ alarms, review }: View): string {
  if (alarms.length + review.length === 0) return '';
  return box([...alarms, ...review]);
}

/** A danger that was accepted is no longer red. */
function box(rows: readonly Row[]): string {
  const bad = rows.some(({ label }) => label !== 'Accepted' && label !== 'Review');
  return `<div class="alarms${bad ? '' : ' caution'}">${list(rows)}</div>`;
}

function overview({ statements, wordLabel }: View): string {
  const labels = statements[0]?.overview.map(({ label }) => label) ?? [];
  const head = ['Statement', wordLabel, ...labels].map((label) => `<th scope="col">${html(label)}</th>`);
  const rows = statements.map(({ title, word, overview }, i) => {
    const cells = overview.map(({ label, text }) => `<td data-label="${html(label)}">${html(text)}</td>`);
    return `<tr><td><a href="#s${i + 1}">${html(title)}</a></td><td data-label="${html(wordLabel)}">${tag(word)}</td>${cells.join('')}</tr>`;
  });
  return `<table>\n<thead><tr>${head.join('')}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>`;
}

/** Of a single statement the alarms stand above it already. */
function section(
  { title, word, sql, alarms, sentence, rows }: StatementView,
  index: number,
  many: boolean,
): string {
  const dangerous = many && alarms.length > 0 ? box(alarms) : '';
  return `<section id="s${index + 1}">
<h2>${html(title)} ${tag(word)}</h2>
${dangerous}${sentence === undefined ? '' : `<p>${html(sentence)}</p>`}
<pre>${escaped(block(sql))}</pre>
${list(rows.filter(({ code }) => !code))}
</section>`;
}

function list(rows: readonly Row[]): string {
  const items = rows.map(({ label, lines, code }) => {
    const texts = lines.map((line) =>
      code ? `<pre>${escaped(block(line.text))}</pre>` : `<p>${lineText(line)}</p>`,
    );
    return `<dt>${html(label)}</dt><dd>${texts.join('')}</dd>`;
  });
  return `<dl class="rows">\n${items.join('\n')}\n</dl>`;
}

function tag({ lead = '', tone }: Line): string {
  return `<span class="tag ${tone ?? 'info'}">${html(lead)}</span>`;
}

function lineText(line: Line): string {
  const { lead, tone } = line;
  if (lead === undefined || tone === undefined) return html(wordsOf(line));
  const rest = wordsOf(line).slice(lead.length);
  return `<strong class="${tone}">${html(lead)}</strong>${/^\s/.test(rest) ? ' ' : ''}${html(rest)}`;
}
