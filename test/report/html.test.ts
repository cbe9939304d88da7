import t, { type Test } from 'tap';
import { hostile, hostilePlan, hostileResult } from '../fixtures/hostile.js';
import {
  dangerousStatement,
  instantStatement,
  migrationPlan,
  planOf,
  renamedStatement,
  reviewedPlan,
} from '../fixtures/plans.js';
import { planAsHtml, resultAsHtml } from '../fixtures/reports.js';
import { doneResult, lockTimeoutResult, resultOf } from '../fixtures/results.js';

t.test('one page: the verdict, the dangers, a table, and each statement', async (t) => {
  const html = planAsHtml(migrationPlan());
  const order = [
    '<h1 class="bad">Refused: 1 of 6',
    '<dt>Refused</dt>',
    '<dt>Accepted</dt>',
    '<dt>Review</dt>',
    '<table>',
    'id="s1"',
    'id="s6"',
    '<footer>',
  ];
  const places = order.map((part) => html.indexOf(part));
  t.notOk(places.includes(-1), String(places));
  t.strictSame(
    places,
    [...places].sort((a, b) => a - b),
    'the dangerous first',
  );
  t.match(html, '<pre>UPDATE customers\n   SET note = &#39;&#39;\n WHERE note IS NULL</pre>');
  t.match(planAsHtml(reviewedPlan(renamedStatement)), '<h1 class="caution">Review required</h1>');
  t.match(planAsHtml(planOf(instantStatement)), '<h1 class="good">Ready to run</h1>');
  t.match(resultAsHtml(resultOf(doneResult, lockTimeoutResult)), '<h1 class="bad">Lock not obtained</h1>');
});

t.test('it needs nothing else: no script, and nothing from outside', async (t) => {
  for (const html of [
    planAsHtml(migrationPlan()),
    planAsHtml(planOf(dangerousStatement)),
    resultAsHtml(resultOf(doneResult)),
  ]) {
    t.notMatch(html, /https?:|\/\/\w|<script|<link|<img|url\(|@import|javascript:/);
    t.match(html, "default-src 'none'");
    t.match(html, /prefers-color-scheme: dark/);
    t.match(html, /@media print/);
    t.match(html, 'width=device-width');
  }
});

t.test('it is well-formed, and whatever names and texts hold stays text', async (t) => {
  const known = shapeOf(t, planAsHtml(hostilePlan('harmless')));
  for (const text of hostile) {
    const html = planAsHtml(hostilePlan(text));
    t.strictSame(shapeOf(t, html), known, `the same elements with ${JSON.stringify(text)}`);
    shapeOf(t, resultAsHtml(hostileResult(text)));
    t.notMatch(html, /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
  }
});

const empty = new Set(['meta', '!doctype']);

/** The elements and attributes in their order. Fails the test where they do not close as they open. */
function shapeOf(t: Test, html: string): string[] {
  const open: string[] = [];
  const shape: string[] = [];
  const body = html.replace(/<style>[\s\S]*?<\/style>/, '<style></style>');
  for (const [tag, slash, name = '', attributes = ''] of body.matchAll(
    /<(\/?)([a-z!][\w-]*)((?:\s+[\w-]+(?:="[^"<>]*")?)*)\s*>/gi,
  )) {
    if (slash === '/') t.equal(open.pop(), name, tag);
    else if (!empty.has(name)) open.push(name);
    const names = [...attributes.matchAll(/([\w-]+)(?:="[^"]*")?/g)].map(([, attribute]) => attribute);
    shape.push(`${slash}${name} ${names.join(' ')}`);
  }
  t.strictSame(open, [], 'everything is closed');
  t.equal(body.replace(/<\/?[a-z!][^<>]*>/gi, '').match(/[<>]/g), null, 'no other angle brackets');
  return shape;
}
