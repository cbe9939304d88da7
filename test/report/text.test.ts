import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import t from 'tap';
import { cut, wrap } from '../../lib/text/layout.js';
import {
  dangerousStatement,
  ghostStatement,
  instantStatement,
  migrationPlan,
  planOf,
  refusedStatement,
  renamedStatement,
  reviewedPlan,
} from '../fixtures/plans.js';
import { planAsText, resultAsText } from '../fixtures/reports.js';
import { doneResult, lockTimeoutResult, resultOf } from '../fixtures/results.js';
import { assertSchema } from '../fixtures/schemas.js';

const plain = { color: false, columns: 80 };

t.test('the plan of one statement fits a screen', async (t) => {
  const text = planAsText(planOf(ghostStatement), plain);
  const lines = text.trimEnd().split('\n');
  t.ok(lines.length <= 30, `${lines.length} lines`);
  for (const line of lines) t.ok(stringWidth(line) <= 80, line);
  for (const part of [
    /^Plan 7f3a9c21 for mysql 8\.4\.3 on db1:3306, 2 replicas, gh-ost 1\.1\.10$/m,
    /^shop\.orders: gh-ost$/m,
    /Size +about 4,210,000 rows, data 1\.31 GB, indexes 420 MB/,
    /Method +gh-ost: The server would copy/,
    /Duration +12m to 18m, disk 1\.73 GB, binary log 1\.4 GB/,
    /Locks +nothing during the row copy; .*at most 2s/s,
    /copy \(4m to 7m\): Writers would/,
    /Danger +nulls: Rows have no email \(12\), for example id=1, id=17,\s+\{"id":99\}, id=100\n +Fix: UPDATE/,
    /Summary +shop\.orders is copied to a shadow table/,
    /2 checks passed/,
    /Next +to make the change, run `alterwise run`/,
  ]) {
    t.match(text, part);
  }
  t.ok(text.indexOf('Danger') < text.indexOf('Change'), 'the dangerous first');
});

t.test('what is not known is not a number', async (t) => {
  const text = planAsText(planOf(instantStatement, refusedStatement), plain);
  t.match(text, /1\. shop\.customers: instant\n.*exactly 1 row, data unknown, indexes unknown/s);
  t.match(text, /2\. shop\.customers: refused\n.*rows unknown, data unknown, indexes unknown/s);
  t.match(text, /Next +2\. shop\.customers: Shorten them first\./);
  const { durationMs, ...estimate } = instantStatement.estimate;
  t.ok(durationMs);
  t.match(planAsText(planOf({ ...instantStatement, estimate }), plain), /Duration +unknown/);
});

t.test('a result says how it ended, what is so now, and what to do', async (t) => {
  const text = resultAsText(resultOf(doneResult, lockTimeoutResult), plain);
  for (const part of [
    /^1\. shop\.orders: done$/m,
    /Duration +1h 2m with gh-ost, 2 attempts, 4,213,007 rows copied/,
    /Old table +shop\._orders_20261122120000_del is kept/,
    /^2\. shop\.orders: lock not obtained$/m,
    /Blockers +connection 42 app@10\.0\.0\.3 holds the lock, for 12m, Sleep:\s+SELECT \*\s+FROM\s+orders WHERE id = 1/,
    /connection 43 waits for the lock$/m,
    /Left behind +shop\._orders_gho/,
  ]) {
    t.match(text, part);
  }
});

t.test('colours change nothing else, and text from a server brings none', async (t) => {
  const plan = planOf(ghostStatement, { ...refusedStatement, spec: 'ADD a int COMMENT "\u001b[2J\u0007"' });
  const colored = planAsText(plan, { ...plain, color: true });
  t.match(colored, '\u001b[36mgh-ost\u001b[39m');
  t.equal(stripVTControlCharacters(colored), planAsText(plan, plain));
  t.notMatch(planAsText(plan, plain), /(?!\n)\p{Cc}/u);
  t.notMatch(resultAsText(resultOf(lockTimeoutResult), plain), '\u001b');
});

t.test('no line is wider than the terminal, whatever the names and texts are', async (t) => {
  const long = 'a'.repeat(300);
  const wide = {
    ...dangerousStatement,
    table: { schema: 'schéma', name: `数据${long}` },
    spec: `ADD COLUMN ${long} int`,
    reasons: [{ id: 'x', text: `${long} 数据库数据库 ${long}` }],
  };
  const plans = [planOf(wide, ghostStatement), reviewedPlan(renamedStatement), migrationPlan(), planOf(wide)];
  const result = resultOf({ ...lockTimeoutResult, table: wide.table, sql: long }, doneResult);
  for (let columns = 80; columns <= 200; columns += 15) {
    for (const color of [true, false]) {
      const texts = [
        ...plans.map((plan) => planAsText(plan, { columns, color })),
        resultAsText(result, { columns, color }),
      ];
      const widest = Math.max(...texts.flatMap((text) => text.split('\n')).map((line) => stringWidth(line)));
      t.ok(widest <= columns, `${widest} of ${columns}`);
    }
  }
});

t.test('the dangerous of a whole migration stands before everything else', async (t) => {
  const text = planAsText(migrationPlan(), plain);
  const order = [
    'Refused      6. shop.orders: duplicates (cannot be accepted)',
    'Accepted     4. shop.orders',
    'Review       required',
    '1. shop.customers',
    'Suggestion ',
    'Next ',
  ];
  const places = order.map((part) => text.indexOf(part));
  t.notOk(places.includes(-1), String(places));
  t.strictSame(
    places,
    [...places].sort((a, b) => a - b),
  );
  const [, sixth = ''] = text.split(/^6\. shop\.orders: refused$/m);
  t.match(sixth, /^\n {2}Refused {6}duplicates .*To run it anyway: --accept nulls\n {2}Change/s);
});

t.test('a plan for review says what it means for the application, and how to go on', async (t) => {
  const text = planAsText(reviewedPlan(renamedStatement), { ...plain, columns: 200 });
  for (const part of [
    /Accepted {5}mentioned: .*\n.*\n {2}Review {7}required: shop\.orders has 4,213,007 rows/,
    /Size .* 85 rows changed per second$/m,
    /Duration {5}12m to 18m \(measured on a sample of 100,000 rows, scaled by 1\.12 from 7 earlier runs on this server\)/,
    /Replicas {5}lag by up to 1\.5s$/m,
    /Deployed app fails on the new schema: /,
    /New app {6}fails if deployed before this change: /,
    /Rollout {6}1\. ALTER TABLE `shop`\.`orders` ADD COLUMN .*\n {15}2\. Deploy a version that writes both/,
    /Next .*`alterwise run` .*`--approve 7f3a9c21`[\s\S]*`alterwise\s+run\s+--plan\s+plan\.json`/,
  ]) {
    t.match(text, part);
  }
});

t.test('what mends a danger is said once, and a count that the text has not twice', async (t) => {
  const fix = 'Delete the rows that are too many.';
  const check = { id: 'd', level: 'danger', text: '1,234 rows are alike.', count: 1234, fix } as const;
  const text = planAsText(
    planOf({ ...dangerousStatement, checks: [check], refusal: { exitCode: 4, next: fix } }),
    {
      ...plain,
      columns: 200,
    },
  );
  t.match(
    text,
    /d: 1,234 rows are alike\n +Fix: Delete the rows that are too many\.\n +To run it anyway: --accept d\n/,
  );
  t.match(text, 'Next         fix it as described above, then plan again');
});

t.test('documents fit their schemas', async (t) => {
  assertSchema(t, 'plan', planOf(ghostStatement, instantStatement, refusedStatement));
  assertSchema(t, 'plan', migrationPlan());
  assertSchema(t, 'result', resultOf(doneResult, lockTimeoutResult));
});

t.test('cutting and wrapping count columns, not characters', async (t) => {
  const cases: [string, number, string][] = [
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['数据库', 5, '数据…'],
    ['数据库', 4, '数…'],
    ['👨‍👩‍👧👨‍👩‍👧', 3, '👨‍👩‍👧…'],
    ['e\u0301e\u0301', 1, '…'],
    ['abc', 0, ''],
  ];
  for (const [text, width, wanted] of cases) t.equal(cut(text, width), wanted, `${text} in ${width}`);
  t.strictSame(wrap('数据 库存 ab', 5), ['数据', '库存', 'ab']);
  t.strictSame(wrap('', 5), ['']);
  t.strictSame(wrap('a bcdefgh', 3), ['a', 'bcd', 'efg', 'h']);
});
