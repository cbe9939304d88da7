import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { forEachServer } from '../servers.js';
import { agrees, privateTemp, resultOf, stage } from '../support/ghost-stage.js';

privateTemp(t);
/** With a lock timeout of 1 s an attempt takes 2 s for its lock; the rest is for a machine that is busy. */
const attemptMs = 2_000;
const marginMs = 2_000;

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('the swap waits for an old transaction, and holds nobody up meanwhile', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
    const load = await on.load();
    const holder = await on.hold();
    const request = on.request('MODIFY amount BIGINT');
    const running = resultOf(request);
    while (!request.events.some(({ type }) => type === 'blockers')) await sleep(50);
    await load.lap();
    await sleep(3_000);
    const { longestStallMs = 0 } = await load.lap();
    t.ok(longestStallMs < 1_000, `writers stood still for ${Math.round(longestStallMs)} ms at most`);
    const ended = performance.now();
    await holder.end();
    const result = await running;
    const tookMs = performance.now() - ended;
    t.match(result, { outcome: 'done', exitCode: 0, attempts: 1 });
    t.ok(tookMs < 5_000, `swapped ${Math.round(tookMs)} ms after the transaction`);
    const blockers = request.events.flatMap((event) => (event.type === 'blockers' ? event.blockers : []));
    t.match(blockers[0], { connectionId: holder.id, user: server.user, role: 'holds' });
    const report = await load.stop();
    t.match(await on.compare(report), agrees);
    t.same(await on.left(), [result.oldTable]);
  });

  t.test('a transaction that never ends: exit 5, who it is, and everything removed', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
    const before = await on.definition();
    const load = await on.load();
    const holder = await on.hold();
    const result = await resultOf(on.request('MODIFY amount BIGINT', { settings: { lockBudgetMs: 2_500 } }));
    const report = await load.stop();
    t.match(result, { outcome: 'lock-timeout', exitCode: 5, attempts: 0, left: undefined });
    t.match(result.blockers?.[0], {
      connectionId: holder.id,
      user: server.user,
      host: /localhost|127\.0\.0\.1/,
      query: /SELECT \* FROM .* LIMIT 1/,
    });
    t.ok((result.blockers?.[0]?.ageMs ?? 0) >= 2_500);
    t.match(result.next, `KILL ${holder.id}`);
    t.match(result.state, 'is as it was.');
    t.equal(await on.definition(), before);
    t.same(await on.left(), []);
    t.ok((report.longestStallMs ?? 0) < 1_000, 'and nobody was held up');
    t.match(await on.compare(report), agrees);
  });

  t.test(
    'an attempt that meets a transaction holds writers once, and the next one comes later',
    async (t) => {
      const on = await stage(t, server, { rows: 3_000 });
      const load = await on.load();
      let swaps = 0;
      const request = on.request('MODIFY amount BIGINT', {
        emit: (event) => {
          if (event.type !== 'phase' || event.phase !== 'cut-over') return;
          swaps++;
          if (swaps > 1) return;
          void on.hold().then(async (holder) => {
            await sleep(3_500);
            await holder.end();
          });
        },
      });
      const result = await resultOf(request);
      const report = await load.stop();
      t.match(result, { outcome: 'done', exitCode: 0, attempts: 2 });
      const attempt = request.events.find((event) => event.type === 'attempt');
      t.match(attempt, { attempt: 1, lockWaitSeconds: 2, text: /did not get its lock/ });
      t.match(attempt?.blockers[0], { role: 'holds', query: /SELECT/ });
      const { longestStallMs = 0 } = report;
      t.ok(longestStallMs < attemptMs + marginMs, `writers stood still for ${Math.round(longestStallMs)} ms`);
      t.ok((result.writerStallMs ?? 0) >= 1_500, 'and the result says so');
      t.match(await on.compare(report), agrees);
      t.same(await on.left(), [result.oldTable]);
    },
  );

  t.test('attempts in vain end with the lock budget', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
    const before = await on.definition();
    const load = await on.load();
    const request = on.request('MODIFY amount BIGINT', {
      settings: { lockBudgetMs: 4_000 },
      emit: (event) => {
        if (event.type !== 'phase' || event.phase !== 'cut-over') return;
        void on.hold().then(async (holder) => {
          await sleep(3_000);
          await holder.end();
        });
      },
    });
    const result = await resultOf(request);
    const report = await load.stop();
    t.match(result, { outcome: 'lock-timeout', exitCode: 5 });
    t.ok((result.attempts ?? 0) >= 1);
    t.match(result.blockers?.[0], { role: 'holds' });
    t.equal(await on.definition(), before);
    t.same(await on.left(), [], 'not even the empty table that keeps the name');
    t.ok((report.longestStallMs ?? 0) < attemptMs + marginMs);
    t.match(await on.compare(report), agrees);
  });
});
