import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Ending } from '../../../../lib/documents/ending.js';
import type { Event } from '../../../../lib/documents/event.js';
import { runThroughGhost } from '../../../../lib/engines/gh-ost/run.js';
import { inspectServer } from '../../../../lib/inspect/server.js';
import { withSession } from '../../../../lib/mysql/session.js';
import { makePlan } from '../../../../lib/plan/make-plan.js';
import { forEachServer } from '../../../servers.js';
import {
  agrees,
  type GhostRequest,
  ghostsOn,
  privateTemp,
  stage,
  usualStall,
} from '../../../support/ghost-stage.js';
import { plannedAlter } from '../../../support/planned.js';
import { asItWas } from '../../../support/texts.js';

privateTemp(t);

/** Runs it with a watchdog that has less patience than usual. */
async function watched(request: GhostRequest): Promise<Ending> {
  const { settings, emit, signal } = request;
  const plan = await makePlan(request);
  const statement = plannedAlter(plan);
  const server = await withSession(settings.connection, {}, inspectServer);
  const watchLimits = { silenceMs: 2_000, lagMs: 30_000 };
  return runThroughGhost(statement, { settings, server, planned: plan.server, emit, signal, watchLimits });
}

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('a gh-ost that stands still while it copies is ended', async (t) => {
    const on = await stage(t, server, { rows: 10_000 });
    const before = await on.definition();
    const load = await on.load();
    let stopped = false;
    const request = on.request('MODIFY amount BIGINT', {
      ghost: { chunkSize: 100, flags: ['--nice-ratio=5'] },
      emit: (event) => {
        if (stopped || event.type !== 'progress' || (event.rowsCopied ?? 0) === 0) return;
        stopped = true;
        void freeze(on.schema.name);
      },
    });
    const result = await watched(request);
    t.match(result, { outcome: 'failed', exitCode: 7, left: undefined });
    t.match(result.reason.text, /no sign of life for \d+ s/);
    t.match(result.state, asItWas);
    t.equal(await on.definition(), before);
    t.same(await on.left(), []);
    const report = await load.stop();
    t.match(await on.compare(report), agrees);
  });

  t.test('one that stands still while it holds the lock is ended before long', async (t) => {
    const on = await stage(t, server, { rows: 1_000 });
    const before = await on.definition();
    const usual = await usualStall(t, server);
    const load = await on.load();
    let pid = 0;
    const request = on.request('MODIFY amount BIGINT', {
      ghost: { cutOverLockTimeoutSeconds: 1 },
      emit: (event: Event) => {
        if (event.type === 'phase' && event.phase === 'wait-cut-over') {
          void ghostsOn(on.schema.name).then(([ghost]) => {
            pid = ghost?.pid ?? 0;
          });
        }
        if (event.type === 'gh-ost' && event.text.startsWith('Tables locked')) process.kill(pid, 'SIGSTOP');
      },
    });
    const result = await watched(request);
    const report = await load.stop();
    const usualMs = await usual();
    t.match(result, { outcome: 'failed', exitCode: 7, left: undefined });
    t.match(result.reason.text, /told to cut over, and neither did nor gave up/);
    t.equal(await on.definition(), before);
    t.same(await on.left(), []);
    const { longestStallMs = 0 } = report;
    t.ok(longestStallMs < 12_000 + usualMs, `writers stalled for ${Math.round(longestStallMs)} ms`);
    t.ok(
      (result.writerStallMs ?? 0) > longestStallMs - usualMs - 500,
      `at most ${result.writerStallMs}, the result says`,
    );
    t.match(await on.compare(report), agrees);
  });
});

async function freeze(schema: string): Promise<void> {
  for (const { pid } of await ghostsOn(schema)) process.kill(pid, 'SIGSTOP');
  await sleep(0);
}
