import t from 'tap';
import type { Progress } from '../../lib/documents/event.js';
import { describe, progressText } from '../../lib/report/event-text.js';
import { events } from '../fixtures/events.js';

t.test('events as text', async (t) => {
  const cases: [keyof typeof events, string | RegExp][] = [
    ['plan', /^Plan 7f3a9c21/],
    ['phase', 'shop.orders: copy: gh-ost copies the rows'],
    [
      'progress',
      'shop.orders: copy: 29.3%, 2m 36s left, 1,234,567 of 4,200,000 rows, 19,000 rows/s, lag 300ms, backlog 3',
    ],
    ['unknown', 'shop.orders: copy: ?%, ? left, 10 of ? rows'],
    [
      'attempt',
      'shop.orders: attempt 3: the lock was not obtained within 2s\n  connection 42 app@10.0.0.3 holds the lock, for 12m, Sleep: SELECT * FROM orders WHERE id = 1 FOR UPDATE',
    ],
    ['blockers', /^shop\.orders: somebody holds a lock\n {2}connection 42 /],
    ['warning', 'shop.orders: something to know'],
    ['gh-ost', 'gh-ost: info: Listening on unix socket file'],
    ['outcome', 'shop.orders: done in 1h 2m'],
    ['failure', 'shop.orders: lock not obtained in 30s: The lock was not obtained in 30s.'],
  ];
  for (const [name, wanted] of cases) {
    const text = describe(events[name], { color: false, columns: 80 });
    if (typeof wanted === 'string') t.equal(text, wanted, name);
    else t.match(text, wanted, name);
  }
});

t.test('what is not known is a question mark, and nearly done is not done', async (t) => {
  const cases: [Progress, string][] = [
    [{}, ''],
    [{ stage: 'altering table' }, 'altering table'],
    [{ percent: 99.97 }, '99.9%, ? left'],
    [{ percent: 0, etaMs: 0 }, '0.0%, 0ms left'],
    [{ throttled: 'lag=2s', rowsTotal: 5 }, 'paused: lag=2s, ?%, ? left, ? of 5 rows'],
  ];
  for (const [progress, wanted] of cases) t.equal(progressText(progress), wanted);
});
