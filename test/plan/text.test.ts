import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import t from 'tap';
import { cut, wrap } from '../../lib/plan/layout.js';
import { resultAsText } from '../../lib/plan/result-text.js';
import { planAsText } from '../../lib/plan/text.js';
import { ghostStatement, instantStatement, planOf, refusedStatement } from '../fixtures/plans.js';
import { doneResult, lockTimeoutResult, resultOf } from '../fixtures/results.js';
import { assertSchema } from '../fixtures/schemas.js';

const plain = { color: false, columns: 80 };

t.test('the plan of one statement fits a screen', async (t) => {
  const text = planAsText(planOf(ghostStatement), plain);
  const lines = text.trimEnd().split('\n');
  t.ok(lines.length <= 24, `${lines.length} lines`);
  for (const line of lines) t.ok(stringWidth(line) <= 80, line);
  for (const part of [
    /^Plan 7f3a9c21 for mysql 8\.4\.3 on db1:3306, 2 replicas, gh-ost 1\.1\.10$/m,
    /^shop\.orders$/m,
    /Table +about 4,210,000 rows, data 1\.31 GB, indexes 420 MB/,
    /Way +gh-ost: The server would copy/,
    /Takes +12m to 18m, disk 1\.73 GB, binary log 1\.4 GB/,
    /Locks +none while rows are copied; .*at most 2s/s,
    /copy \(4m to 7m\): Writers would/,
    /Checks +danger nulls: Rows have no email \(12\); for example id=1, id=17,\s+\{"id":99\}; to mend it/,
    /2 checks found nothing/,
    /Next +`alterwise run`/,
  ]) {
    t.match(text, part);
  }
  t.ok(text.indexOf('danger') < text.indexOf('warning'), 'the dangerous first');
});

t.test('what is not known is not a number', async (t) => {
  const text = planAsText(planOf(instantStatement, refusedStatement), plain);
  t.match(text, /1\. shop\.customers\n.*exactly 1 row, data \?, indexes \?/s);
  t.match(text, /2\. shop\.customers\n.*rows: \?, data \?, indexes \?/s);
  t.match(text, /Next +Shorten them first\./);
  const { durationMs, ...estimate } = instantStatement.estimate;
  t.ok(durationMs);
  t.match(planAsText(planOf({ ...instantStatement, estimate }), plain), /Takes +\? \(not known\)/);
});

t.test('a result says how it ended, what is so now, and what to do', async (t) => {
  const text = resultAsText(resultOf(doneResult, lockTimeoutResult), plain);
  for (const part of [
    /^1\. shop\.orders: done$/m,
    /Took +1h 2m by gh-ost, 2 attempts, 4,213,007 rows copied/,
    /Old table +shop\._orders_20261122120000_del is kept/,
    /^2\. shop\.orders: the lock was not obtained$/m,
    /Blockers +connection 42 app@10\.0\.0\.3 holds the lock, for 12m, Sleep: SELECT \*\s+FROM orders WHERE id = 1/,
    /connection 43 waits for the lock$/m,
    /Left +shop\._orders_gho/,
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

t.test('documents fit their schemas', async (t) => {
  assertSchema(t, 'plan', planOf(ghostStatement, instantStatement, refusedStatement));
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
});
