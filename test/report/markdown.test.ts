import t from 'tap';
import { markdownText, sqlBlock } from '../../lib/report/markdown.js';
import { hostile, hostilePlan, hostileResult } from '../fixtures/hostile.js';
import {
  dangerousStatement,
  migrationPlan,
  planOf,
  renamedStatement,
  reviewedPlan,
} from '../fixtures/plans.js';
import { planAsMarkdown, resultAsMarkdown } from '../fixtures/reports.js';
import { doneResult, lockTimeoutResult, resultOf } from '../fixtures/results.js';

t.test('a plan is a comment: verdict, dangers, a table, and each statement folded', async (t) => {
  const text = planAsMarkdown(migrationPlan());
  t.match(
    text,
    /^## \*\*Refused\*\*: 1 of 6 statements; none will run\n\n> \*\*Refused\*\* 6\. shop\.orders: duplicates/,
  );
  t.equal(tableOf(text).length, 2 + 6);
  t.match(
    text,
    /^\| 4\. shop\.orders \| \*\*gh-ost\*\* \| 12m to 18m \| fails \| shop\.orders is copied to a shadow table/m,
  );
  t.match(
    text,
    '<details>\n<summary><b>2. shop.customers</b>: plain</summary>\n\n```sql\nUPDATE customers\n   SET',
  );
  t.match(
    text,
    '<details open>\n<summary><b>6. shop.orders</b>: refused</summary>\n\n- **Refused** **duplicates**',
  );
  t.equal(text.match(/<details/g)?.length, 6);
  t.equal(text.match(/<\/details>/g)?.length, 6);
  t.match(text, /^- \*\*Deployed app\*\* \*\*fails\*\* on the new schema: /m);
  t.match(text, /^- \*\*Next\*\* 6\. shop\.orders: Mend the rows/m);
});

t.test('the dangerous stands first', async (t) => {
  const text = planAsMarkdown(reviewedPlan(renamedStatement));
  t.match(text, /^## Review required\n\n> \*\*Accepted\*\* \*\*mentioned\*\*: The view/);
  t.ok(text.indexOf('> **Review** required') < text.indexOf('| Statement |'));
  t.match(
    planAsMarkdown(planOf(dangerousStatement)),
    /^## \*\*Refused\*\*\n\n> \*\*Refused\*\* \*\*duplicates\*\* \(cannot/,
  );
});

t.test('a result tells how it ended, and what to do', async (t) => {
  const text = resultAsMarkdown(resultOf(doneResult, lockTimeoutResult));
  t.match(
    text,
    /^## \*\*Lock not obtained\*\*\n\n> \*\*Failed\*\* 2\. shop\.orders: The lock was not obtained in 30s/,
  );
  t.match(text, /\| 1\. shop\.orders \| \*\*done\*\* \| 1h 2m \|/);
  t.match(text, /\*\*Blockers\*\* connection 42 app@<!-- -->10\.0\.0\.3 holds the lock/);
});

t.test('whatever names and texts hold, tables keep their columns and nothing becomes markup', async (t) => {
  for (const text of hostile) {
    for (const markdown of [planAsMarkdown(hostilePlan(text)), resultAsMarkdown(hostileResult(text))]) {
      const table = tableOf(markdown);
      const counts = new Set(table.map((row) => cellsOf(row).length));
      t.equal(counts.size, 1, `${JSON.stringify(text)}: ${[...counts]} cells`);
      const tags = withoutCode(markdown).match(/<(?!!-- -->)[^\n>]*>?/g) ?? [];
      t.strictSame(
        [...new Set(tags)].filter((tag) => !ours.includes(tag)),
        [],
        text,
      );
      t.notMatch(markdown, /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      t.notMatch(
        withoutCode(markdown).replace(/^<summary>.*$/gm, ''),
        /(?<!\\)\]\(|:\/\/|www\.|@(?!<!-- -->)|(?<!\\)`/,
      );
    }
  }
});

const ours = [
  '<details>',
  '<details open>',
  '</details>',
  '<summary>',
  '</summary>',
  '<b>',
  '</b>',
  '<br>',
  '<sub>',
  '</sub>',
];

t.test('text is shown letter by letter', async (t) => {
  const cases: [string, string][] = [
    ['a|b', 'a\\|b'],
    ['`a`*_', '\\`a\\`\\*\\_'],
    ['<b>&', '&lt;b&gt;&amp;'],
    ['a\\|b', 'a\\\\\\|b'],
    ['x@y.z', 'x@<!-- -->y.z'],
  ];
  for (const [text, wanted] of cases) t.equal(markdownText(text), wanted);
  t.equal(sqlBlock('a\n```\n````b'), '`````sql\na\n```\n````b\n`````');
});

function tableOf(markdown: string): string[] {
  return withoutCode(markdown)
    .split('\n')
    .filter((line) => line.startsWith('|'));
}

/** Between bars that no backslash escapes; a backslash before a backslash is none. */
function cellsOf(row: string): string[] {
  return row.replace(/\\./g, '').split('|').slice(1, -1);
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^( *)(`{3,})sql\n[\s\S]*?^\1\2$/gm, '');
}
