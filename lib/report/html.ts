import { oneLine } from '../text/human.js';
import { block } from '../text/layout.js';
import { type Line, type Row, type StatementView, type View, wordsOf } from './view.js';

/** One page that needs nothing else: no script, no font, no picture. What is dangerous comes first. */
export function viewAsHtml(view: View): string {
  const { heading, verdict, alarms, statements, suggestions, next } = view;
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
${box(alarms)}
${statements.length > 1 ? overview(view) : ''}
${statements.map((statement, i) => section(statement, i, statements.length > 1)).join('\n')}
${suggestions.length > 0 ? `<section aria-label="Suggestions">${list(suggestions)}</section>` : ''}
${next.length > 0 ? `<footer><section aria-label="Next">${list(next)}</section></footer>` : ''}
</main>
</body>
</html>
`;
}

/** Accepted dangers and reviews are not red. */
function box(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const isBad = rows.some(({ label }) => label !== 'Accepted' && label !== 'Review');
  return `<div class="alarms ${isBad ? 'bad' : 'caution'}">${list(rows)}</div>`;
}

function overview({ statements, wordLabel }: View): string {
  const labels = Object.keys(statements[0]?.overview ?? {});
  const head = ['Statement', wordLabel, ...labels].map((label) => `<th scope="col">${html(label)}</th>`);
  const rows = statements.map(({ title, word, overview }, i) => {
    const cells = Object.entries(overview).map(
      ([label, text]) => `<td data-label="${html(label)}">${html(text)}</td>`,
    );
    return `<tr><td><a href="#s${i + 1}">${html(title)}</a></td><td data-label="${html(wordLabel)}">${tag(word)}</td>${cells.join('')}</tr>`;
  });
  return `<table>\n<thead><tr>${head.join('')}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>`;
}

/** The alarms of a single statement are shown above it already. */
function section(
  { title, word, sql, alarms, summary, rows }: StatementView,
  index: number,
  many: boolean,
): string {
  return `<section id="s${index + 1}">
<h2>${html(title)} ${tag(word)}</h2>
${many ? box(alarms) : ''}${summary === undefined ? '' : `<p>${html(summary)}</p>`}
<pre>${escaped(block(sql))}</pre>
${list(rows)}
</section>`;
}

function list(rows: readonly Row[]): string {
  const items = rows.map(({ label, lines }) => {
    const texts = lines.map((line) =>
      line.code ? `<pre>${escaped(block(line.text))}</pre>` : `<p>${lineText(line)}</p>`,
    );
    return `<dt>${html(label)}</dt><dd>${texts.join('')}</dd>`;
  });
  return `<dl>\n${items.join('\n')}\n</dl>`;
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

/** Text from a server or a user, in the text of an element or in quotes. */
export function html(text: string): string {
  return escaped(oneLine(text));
}

/** The same for text that keeps its lines. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Light and dark, narrow and wide, and on paper. The background of an alarm or a tag is a trace of its colour. */
const style = `
:root { color-scheme: light dark; --bg: #fff; --card: #f6f7f9; --text: #1c2128; --quiet: #59636e; --line: #d5dae0;
  --bad: #b3261e; --caution: #8a5a00; --good: #1a6b35; --info: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --bg: #14181d; --card: #1d232a; --text: #e6eaef; --quiet: #9aa6b2;
  --line: #353e48; --bad: #ff9d94; --caution: #f2c063; --good: #83d69b; --info: #8dc3f7; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 0 0 .5rem; font-size: 1.15rem; line-height: 1.35; }
p { margin: 0 0 .75rem; }
.quiet { color: var(--quiet); font-size: .9rem; }
.bad { color: var(--bad); } .caution { color: var(--caution); } .good { color: var(--good); } .info { color: var(--info); }
.tag, .alarms { background: color-mix(in srgb, currentColor 12%, transparent); }
.tag { padding: 0 .5em; border-radius: 1em; font-size: .85rem; font-weight: 600; white-space: nowrap; }
.alarms { margin: 1rem 0; padding: .75rem 1rem; border-left: .35rem solid; border-radius: .25rem; }
section { margin: 1rem 0; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
dl { margin: 0; }
dt { font-weight: 600; color: var(--quiet); font-size: .9rem; }
dd { margin: 0 0 .6rem; }
dd > p { margin: 0 0 .3rem; }
.alarms dt, .alarms p { color: var(--text); }
pre { margin: 0 0 .75rem; padding: .6rem .75rem; background: var(--bg); border: 1px solid var(--line); border-radius: .25rem;
  font: .875rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
table { width: 100%; margin: 1rem 0; border-collapse: collapse; font-size: .95rem; }
th, td { padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--quiet); font-size: .85rem; }
a { color: var(--info); }
@media (min-width: 46rem) { dl { display: grid; grid-template-columns: 7.5rem 1fr; column-gap: 1rem; } dd { min-width: 0; } }
@media (max-width: 45.99rem) {
  table, tbody, tr, td { display: block; } thead { display: none; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line); } td { padding: 0; border: 0; }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--quiet); font-size: .85rem; }
}
@media print {
  :root { color-scheme: light; --bg: #fff; --card: #fff; --text: #000; --quiet: #444; --line: #999;
    --bad: #b3261e; --caution: #6b4600; --good: #14532a; --info: #0b4a8a; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; }
  section, .alarms, tr, pre, dd > p { break-inside: avoid; }
  .tag, .alarms { background: none; } .tag { border: 1px solid; } a { color: inherit; text-decoration: none; }
}
`;
