import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Event } from '../../../../lib/documents/event.js';
import type { StatementResult } from '../../../../lib/documents/result.js';
import { Steering } from '../../../../lib/runs/steering.js';
import type { CutOverSettings, Settings } from '../../../../lib/settings/settings.js';
import { assertSchema } from '../../../fixtures/schemas.js';
import { forEachServer, type TestServer } from '../../../servers.js';
import { agrees, ghostsOn, privateTemp, resultOf, type Stage, stage } from '../../../support/ghost-stage.js';
import { type Meeting, meetSwap } from '../../../support/meet-swap.js';
import { settled, until } from '../../../support/until.js';

privateTemp(t);

/** For what a run is to wait for. */
const waitLimitMs = 90_000;

interface Started {
  on: Stage;
  steering: Steering;
  events: Event[];
  stop: AbortController;
  result: Promise<StatementResult>;
  /** Until it says that it waits for this. */
  waitsFor(text: RegExp): Promise<void>;
  swaps(): number;
}

interface Wanted {
  cutOver?: Partial<CutOverSettings>;
  settings?: Partial<Settings>;
  lockTimeout?: number;
  throttleQuery?: string;
  meeting?: Meeting;
  /** Absent: one of its own. */
  on?: Stage;
}

/** A change that gh-ost is at work on, whose swap has gates. What a comparison finds is shown elsewhere. */
async function start(t: Test, server: TestServer, wanted: Wanted): Promise<Started> {
  const { cutOver, settings, lockTimeout, throttleQuery, meeting } = wanted;
  const on = wanted.on ?? (await stage(t, server, { rows: 500 }));
  const steering = meeting?.steering ?? new Steering();
  const stop = new AbortController();
  const request = on.request('MODIFY amount BIGINT', {
    settings: { cutOver: { when: 'auto', stallTotalMs: 10_000, ...cutOver }, ...settings },
    ghost: {
      checksum: 'off',
      ...(lockTimeout && { cutOverLockTimeoutSeconds: lockTimeout }),
      ...(throttleQuery && { throttleQuery }),
    },
    signal: stop.signal,
    steering,
    ...(meeting && { emit: meeting.emit }),
  });
  const { events } = request;
  const ofPhase = (phase: string) =>
    events.flatMap((event) => (event.type === 'phase' && event.phase === phase ? event.text : []));
  const result = resultOf(request);
  const isOver = settled(result);
  return {
    on,
    steering,
    events,
    stop,
    result,
    waitsFor: async (text) => {
      await until(`it waits for ${text}`, () => ofPhase('wait-cut-over').some((said) => text.test(said)), {
        limitMs: waitLimitMs,
        unless: () => (isOver() ? 'the run has ended' : undefined),
      }).catch(async (error: Error) => {
        stop.abort();
        throw new Error(
          `${error.message}; ${ofPhase('wait-cut-over').join('; ')}; ${JSON.stringify(await result)}`,
        );
      });
    },
    swaps: () => ofPhase('cut-over').length,
  };
}

/** A window that opens in so many hours, and stays open for two. */
function windowIn(hours: number): NonNullable<CutOverSettings['window']> {
  const now = new Date();
  const minute = (now.getUTCHours() + hours) * 60 + now.getUTCMinutes();
  return { fromMinute: minute % 1440, toMinute: (minute + 120) % 1440, timeZone: 'UTC' };
}

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.jobs = 2;

  t.test('a person, a window and a gate have to agree; it says for whom it waits', async (t) => {
    const folder = t.testdir();
    const [answer, env] = [join(folder, 'answer'), join(folder, 'env')];
    await writeFile(answer, '1');
    const gate = `env >'${env}'; echo "the deploy goes on"; exit $(cat '${answer}')`;
    const run = await start(t, server, { cutOver: { when: 'manual', window: windowIn(-1), gate } });
    const load = await run.on.load();
    await run.waitsFor(/^Waiting for somebody to run alterwise cut-over$/);
    t.equal(run.swaps(), 0);
    run.steering.cutOverAsked = true;
    await run.waitsFor(/^Waiting for the gate to say yes; its command ended with 1: the deploy goes on$/);
    t.ok(run.steering.cutOverAsked, 'what was said is not used up by another gate');
    await writeFile(answer, '0');
    const result = await run.result;
    t.match(result, { outcome: 'done', exitCode: 0, attempts: 1, totalStallMs: undefined });
    t.notOk(run.steering.cutOverAsked, 'it is used up');
    const facts = new Map(
      (await readFile(env, 'utf8')).split('\n').map((line) => {
        const [name = '', ...value] = line.split('=');
        return [name, value.join('=')];
      }),
    );
    t.match(facts.get('ALTERWISE_RUN'), /^test-/);
    t.equal(facts.get('ALTERWISE_SCHEMA'), run.on.schema.name);
    t.equal(facts.get('ALTERWISE_TABLE'), run.on.table.name);
    t.match(facts.get('ALTERWISE_STATEMENT'), /^ALTER TABLE .* MODIFY amount BIGINT$/);
    t.ok(result.rowsCopied);
    t.equal(facts.get('ALTERWISE_ROWS_COPIED'), String(result.rowsCopied));
    t.match(facts.get('ALTERWISE_COPY_SECONDS'), /^\d+$/);
    t.notOk([...facts.values()].some((value) => value.includes(server.password)));
    t.match(await run.on.compare(await load.stop()), agrees);
  });

  t.test('a window that does not open in time: exit 5, and everything as it was', async (t) => {
    const run = await start(t, server, { cutOver: { window: windowIn(12), waitMs: 1_000 } });
    const before = await run.on.definition();
    const result = await run.result;
    t.match(result, {
      outcome: 'lock-timeout',
      exitCode: 5,
      attempts: 0,
      reason: { id: 'cut-over-window', text: /window \d\d:\d\d-\d\d:\d\d UTC \(opens in 1[12]h/ },
      next: /--cut-over-wait/,
    });
    t.equal(run.swaps(), 0);
    t.equal(await run.on.definition(), before);
    t.same(await run.on.beside(), []);
    const plans = run.events.flatMap((event) => (event.type === 'plan' ? event.plan : []));
    t.match(plans[0]?.statements[0], { swap: { when: 'auto', window: / UTC$/, waitMs: 1_000 } });
    for (const plan of plans) assertSchema(t, 'plan', plan);
  });

  t.test('while the server is busy by --throttle-query, it is not swapped', async (t) => {
    const on = await stage(t, server, { rows: 500 });
    await on.schema.query('CREATE TABLE busy (is_so INT)');
    await on.schema.query('INSERT INTO busy VALUES (0)');
    const throttleQuery = `SELECT is_so FROM ${on.schema.name}.busy`;
    const run = await start(t, server, { on, cutOver: { when: 'manual' }, throttleQuery });
    await run.waitsFor(/^Waiting for somebody to run alterwise cut-over$/);
    await on.schema.query('UPDATE busy SET is_so=1');
    run.steering.cutOverAsked = true;
    await run.waitsFor(/^Waiting for the row copy to resume; it is paused: throttle-query$/);
    t.equal(run.swaps(), 0);
    await on.schema.query('UPDATE busy SET is_so=0');
    t.match(await run.result, { outcome: 'done', exitCode: 0, attempts: 1 });
  });

  t.test('while it waits, an order to stop is heard', async (t) => {
    const run = await start(t, server, { cutOver: { when: 'manual' } });
    await run.waitsFor(/^Waiting for somebody/);
    run.stop.abort();
    t.match(await run.result, { outcome: 'aborted', exitCode: 6, attempts: 0 });
    t.same(await run.on.beside(), []);
  });

  t.test('while it waits, the end of gh-ost is noticed', async (t) => {
    const run = await start(t, server, { cutOver: { when: 'manual' } });
    await run.waitsFor(/^Waiting for somebody/);
    for (const { pid } of await ghostsOn(run.on.schema.name)) process.kill(pid, 'SIGKILL');
    t.match(await run.result, { outcome: 'failed', exitCode: 7, attempts: 0 });
    t.same(await run.on.beside(), []);
  });

  t.test('while it waits, a change of the table by somebody else is noticed', async (t) => {
    const run = await start(t, server, { cutOver: { when: 'manual' } });
    await run.waitsFor(/^Waiting for somebody/);
    await run.on.schema.query(`ALTER TABLE ${run.on.table.name} ADD COLUMN theirs INT`);
    t.match(await run.result, { outcome: 'failed', exitCode: 10, attempts: 0, reason: { id: 'drifted' } });
    t.same(await run.on.beside(), []);
  });

  t.test('attempts in vain leave off at what writers may bear, until somebody says cut-over', async (t) => {
    const on = await stage(t, server, { rows: 500 });
    const load = await on.load();
    const holder = await on.holder();
    const run = await start(t, server, {
      on,
      cutOver: { stallTotalMs: 2_000, waitMs: 600_000 },
      lockTimeout: 1,
      meeting: meetSwap(on, holder),
    });
    await run.waitsFor(/cut-over: 1 attempt held writers for .* --stall-budget-total 2s$/);
    await holder.end();
    t.equal(run.swaps(), 1);
    // On a busy machine an attempt may take longer than the second that it has here.
    const asking = setInterval(() => {
      run.steering.cutOverAsked = true;
    }, 500);
    const result = await run.result.finally(() => clearInterval(asking));
    t.match(result, { outcome: 'done', exitCode: 0, totalStallMs: Number });
    t.ok(result.attempts !== undefined && result.attempts > 1);
    t.ok((result.totalStallMs ?? 0) > (result.writerStallMs ?? Number.POSITIVE_INFINITY));
    assertSchema(t, 'result', { version: 1, run: 'x', plan: 'x', exitCode: 0, statements: [result] });
    t.match(await run.on.compare(await load.stop()), agrees);
  });

  t.test('who holds the table for too long may be ended, and is named', async (t) => {
    const killBlockers = { afterMs: 1_000, spareRows: 1_000 };
    const run = await start(t, server, { cutOver: { when: 'manual' }, settings: { killBlockers } });
    await run.waitsFor(/^Waiting for somebody/);
    const holder = await run.on.hold();
    run.steering.cutOverAsked = true;
    t.match(await run.result, { outcome: 'done', ended: [{ connectionId: holder.id, role: 'holds' }] });
    t.match(
      run.events.find((event) => event.type === 'warning' && event.id === 'blocker-ended'),
      { text: `connection ${holder.id} ` },
    );
  });
});
