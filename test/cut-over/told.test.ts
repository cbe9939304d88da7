import t from 'tap';
import { plannedSwap } from '../../lib/plan/alter.js';
import { resultView } from '../../lib/report/result-view.js';
import { statementView } from '../../lib/report/statement-view.js';
import { ghostStatement } from '../fixtures/plans.js';
import { doneResult, holder, lockTimeoutResult, resultOf } from '../fixtures/results.js';

const window = { fromMinute: 120, toMinute: 300, timeZone: 'Europe/Berlin' };

function swapRow(settings: Parameters<typeof plannedSwap>[0]): string | undefined {
  const { rows } = statementView({ ...ghostStatement, swap: plannedSwap(settings) });
  return rows.find(({ label }) => label === 'Cut-over')?.lines[0]?.text;
}

t.test('the plan says when tables will be swapped, where somebody has said so', async (t) => {
  t.equal(swapRow({ when: 'auto', stallTotalMs: 10_000 }), undefined);
  t.equal(
    swapRow({ when: 'auto', stallTotalMs: 10_000, window, waitMs: 7_200_000 }),
    'in the window 02:00-05:00 Europe/Berlin; waits at most 2h for that; all attempts together block writes for at most 10s',
  );
  const text = swapRow({ when: 'manual', stallTotalMs: 10_000, gate: 'check --token hunter2' });
  t.match(text, /^once the --cut-over-gate command succeeds, when you run `alterwise cut-over`; all/);
  t.notMatch(text, 'hunter2');
  t.equal(plannedSwap({ when: 'auto', stallTotalMs: 1, gate: 'x' }).gate, true, 'but not what it is called');
});

t.test('the result says how long writers stood still, and who was ended', async (t) => {
  const rows = (changes: object) =>
    resultView(resultOf({ ...doneResult, ...changes })).statements[0]?.rows.flatMap(({ label, lines }) =>
      lines.map(({ text }) => `${label}: ${text}`),
    );
  t.match(rows({})?.join('\n'), 'writes were blocked for at most 812ms');
  t.notMatch(rows({})?.join('\n'), 'in total');
  t.notMatch(rows({})?.join('\n'), 'Killed');
  const told = rows({ totalStallMs: 5_000, ended: [holder] })?.join('\n');
  t.match(told, 'writes were blocked for at most 812ms, 5s in total');
  t.match(told, 'Killed: connection 42 app@10.0.0.3');
});

t.test('a swap that nobody let begin is not told as a lock that was not free', async (t) => {
  const wordFor = (id: string) => {
    const result = { ...lockTimeoutResult, reason: { id, text: 'x' } };
    return resultView(resultOf(result)).statements[0]?.word.lead;
  };
  t.equal(wordFor('cut-over-window'), 'no cut-over in time');
  t.equal(wordFor('cut-over-lock-timeout'), 'lock not obtained');
  t.equal(wordFor('lock-budget'), 'lock not obtained');
});
