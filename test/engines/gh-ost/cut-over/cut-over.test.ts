import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Event } from '../../../../lib/documents/event.js';
import { forEachServer } from '../../../servers.js';
import {
  agrees,
  type Holder,
  privateTemp,
  resultOf,
  type Stage,
  stage,
  usualStall,
} from '../../../support/ghost-stage.js';
import { meetSwap } from '../../../support/meet-swap.js';
import { asItWas } from '../../../support/texts.js';
import { settled, until } from '../../../support/until.js';

privateTemp(t);

/** What a comparison finds is shown elsewhere. */
const fast = { checksum: 'off' } as const;

/** The statements that were seen to wait for a lock on the table, until something is over. */
async function queueFor({ schema, table }: Stage, over: Promise<unknown>): Promise<string[]> {
  const seen = new Set<string>();
  const isOver = settled(over);
  for (const start = performance.now(); !isOver(); await sleep(50)) {
    if (performance.now() - start > 120_000) throw new Error('not within 120 s: what is watched ends');
    // Not by metadata_locks: there every lock is PENDING for an instant.
    const rows = await schema.query<{ statement: string }>(
      `SELECT PROCESSLIST_INFO AS statement FROM performance_schema.threads
        WHERE PROCESSLIST_STATE='Waiting for table metadata lock' AND PROCESSLIST_INFO LIKE ?`,
      [`%${table.name}%`],
    );
    for (const { statement } of rows) seen.add(statement);
  }
  return [...seen];
}

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('the swap waits for an old transaction, and holds nobody up meanwhile', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
    const load = await on.load();
    const holder = await on.hold();
    const request = on.request('MODIFY amount BIGINT', { ghost: fast });
    const running = resultOf(request);
    const waits = () => request.events.some(({ type }) => type === 'blockers' || type === 'outcome');
    await until('it waits for the transaction', waits, { limitMs: 60_000 });
    t.same(await queueFor(on, sleep(3_000)), [], 'nobody waits for the table');
    const isSwap = ({ type, ...event }: { type: string; phase?: string }) =>
      type === 'phase' && event.phase === 'cut-over';
    t.notOk(request.events.some(isSwap), 'no attempt was made');
    const ended = performance.now();
    await holder.end();
    const result = await running;
    const tookMs = performance.now() - ended;
    t.match(result, { outcome: 'done', exitCode: 0 });
    t.ok(tookMs < 20_000, `swapped ${Math.round(tookMs)} ms after the transaction`);
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
    const settings = { lockBudgetMs: 2_500 };
    const running = resultOf(on.request('MODIFY amount BIGINT', { settings, ghost: fast }));
    t.same(await queueFor(on, running), [], 'nobody was held up');
    const result = await running;
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
    t.match(result.state, asItWas);
    t.equal(await on.definition(), before);
    t.same(await on.left(), []);
    t.match(await on.compare(report), agrees);
  });

  t.test('an attempt that meets a transaction holds writers once', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
    const before = await on.definition();
    const usual = await usualStall(t, server);
    const load = await on.load();
    const meeting = (lockBudgetMs: number, holder: Holder) => {
      const { steering, emit: meet } = meetSwap(on, holder);
      let isHeld = true;
      const emit = (event: Event) => {
        meet(event);
        // Not before the attempt has failed and its blockers were listed, however busy the machine is.
        if (!isHeld || (event.type !== 'attempt' && event.type !== 'outcome')) return;
        isHeld = false;
        void sleep(500).then(holder.end);
      };
      // On a busy machine one more attempt may fail than the test wants.
      const settings = { lockBudgetMs, cutOver: { when: 'auto' as const, stallTotalMs: 60_000 } };
      return on.request('MODIFY amount BIGINT', { settings, ghost: fast, steering, emit });
    };

    await t.test('the next attempt comes later', async (t) => {
      const holder = await on.holder();
      const request = meeting(30_000, holder);
      const result = await resultOf(request);
      t.match(result, { outcome: 'done', exitCode: 0 });
      t.ok((result.attempts ?? 0) >= 2, `${result.attempts} attempts`);
      const attempt = request.events.find((event) => event.type === 'attempt');
      t.match(attempt, { attempt: 1, lockWaitSeconds: 4, text: /did not get its lock/ });
      // A writer that was in the middle of its statement may stand there as well.
      const held = attempt?.blockers.find(({ connectionId }) => connectionId === holder.id);
      t.match(held, { role: 'holds', query: /^SELECT/ });
      t.ok(
        Math.abs((result.writerStallMs ?? 0) - 4_000) < 2_500,
        `the result says ${result.writerStallMs} ms`,
      );
      t.same(await on.left(), [result.oldTable]);
      await on.schema.query(`DROP TABLE ${result.oldTable}`);
      await on.schema.query(`ALTER TABLE ${on.table.name} MODIFY amount INT`);
    });

    await t.test('unsuccessful attempts end with the lock budget', async (t) => {
      const holder = await on.holder();
      const running = resultOf(meeting(4_000, holder));
      t.match((await queueFor(on, running)).join('\n'), on.table.name, 'writers queue behind the attempt');
      const result = await running;
      t.match(result, { outcome: 'lock-timeout', exitCode: 5, attempts: 1 });
      // Writers that were in the middle of a statement may be listed before it.
      const held = result.blockers?.find(({ connectionId }) => connectionId === holder.id);
      t.match(held, { role: 'holds', query: /SELECT/ });
      t.match(result.next, `KILL ${result.blockers?.[0]?.connectionId}`);
      t.equal(await on.definition(), before);
      t.same(await on.left(), [], 'not even the empty table that keeps the name');
    });

    const report = await load.stop();
    const usualMs = await usual();
    const { longestStallMs = 0 } = report;
    t.ok(longestStallMs < 40_000 + usualMs, `writers stalled for ${Math.round(longestStallMs)} ms`);
    t.match(await on.compare(report), agrees);
  });
});
