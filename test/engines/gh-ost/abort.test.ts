import t, { type Test } from 'tap';
import type { Event } from '../../../lib/documents/event.js';
import { run } from '../../../lib/run/run.js';
import { forEachServer, type TestServer } from '../../servers.js';
import { severalAtOnce } from '../../support/at-once.js';
import {
  agrees,
  leftNothing,
  privateTemp,
  type RunOptions,
  resultOf,
  type Stopped,
  stage,
  usualStall,
} from '../../support/ghost-stage.js';
import { asItWas } from '../../support/texts.js';

privateTemp(t);
/** An attempt to cut over waits up to 4 s for its lock; the rest is for what else is in its way. */
const longestMs = 6_000;

interface Moment {
  when(event: Event): boolean;
  /** Absent: a column is widened. */
  spec?: string;
  ghost?: RunOptions['ghost'];
  /** There is a transaction on the table: from the start on, or from that moment on. */
  held?: 'before' | 'then';
}

const isCopied = (event: Event) => event.type === 'gh-ost' && event.text.startsWith('Row copy complete');

const moments: Record<string, Moment> = {
  'in the rehearsal': {
    when: isCopied,
    ghost: { rehearse: 'always' },
  },
  'before gh-ost has said anything': { when: (event) => event.type === 'phase' && event.phase === 'copy' },
  'when gh-ost makes its tables': {
    when: (event) => event.type === 'gh-ost' && event.text.startsWith('Creating ghost table'),
  },
  'while it copies': { when: (event) => event.type === 'progress' && (event.rowsCopied ?? 0) > 0 },
  'while it is throttled': {
    when: (event) => event.type === 'progress' && (event.throttled ?? '').startsWith('max-load'),
    // Nothing to look for in the rows: that look would be throttled, too, for a minute.
    spec: 'ENGINE=InnoDB',
    ghost: { maxLoad: 'Threads_connected=1' },
  },
  'while the swap waits for a transaction': { when: (event) => event.type === 'blockers', held: 'before' },
  'during an attempt to swap': {
    when: (event) => event.type === 'phase' && event.phase === 'cut-over',
    held: 'then',
  },
};

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('an abort leaves the table as it was, and nothing else', async (t) => {
    const usual = await usualStall(t, server);
    const ended = await severalAtOnce(t, Object.entries(moments), (t, moment) =>
      abortedAt(t, server, moment),
    );
    await leftNothing(t, ended, longestMs, await usual());
  });

  t.test('before it began, nothing happens', async (t) => {
    const on = await stage(t, server, { rows: 10 });
    const reason = new Error('stop');
    await t.rejects(run(on.request('MODIFY amount BIGINT', { signal: AbortSignal.abort(reason) })), reason);
    const abort = new AbortController();
    const emit = (event: Event) => event.type === 'plan' && abort.abort();
    const result = await resultOf(on.request('MODIFY amount BIGINT', { signal: abort.signal, emit }));
    t.match(result, { outcome: 'aborted', exitCode: 6, state: asItWas });
    t.same(await on.left(), []);
  });

  t.test('after the swap it is done', async (t) => {
    const on = await stage(t, server, { rows: 2_000 });
    const load = await on.load();
    const abort = new AbortController();
    const emit = (event: Event) =>
      event.type === 'gh-ost' && event.text.startsWith('Tables renamed') && abort.abort();
    const result = await resultOf(on.request('MODIFY amount BIGINT', { signal: abort.signal, emit }));
    const report = await load.stop();
    t.ok(abort.signal.aborted);
    t.match(result, { outcome: 'done', exitCode: 0 });
    t.match(await on.definition(), /`amount` bigint/);
    t.same(await on.left(), [result.oldTable]);
    t.match(await on.compare(report), agrees);
  });

  t.test('in a hurry it leaves at once, and names what it leaves', async (t) => {
    const on = await stage(t, server, { rows: 5_000 });
    const before = await on.definition();
    const [signal, hurry] = [new AbortController(), new AbortController()];
    let at = 0;
    const request = on.request('MODIFY amount BIGINT', {
      ghost: { chunkSize: 100, flags: ['--nice-ratio=5'] },
      signal: signal.signal,
      hurry: hurry.signal,
      emit: (event) => {
        if (signal.signal.aborted || event.type !== 'progress' || (event.rowsCopied ?? 0) === 0) return;
        signal.abort();
        hurry.abort();
        at = performance.now();
      },
    });
    const result = await resultOf(request);
    t.ok(performance.now() - at < 5_000, `it took ${Math.round(performance.now() - at)} ms`);
    t.match(result, { outcome: 'aborted', exitCode: 6 });
    const left = await on.left();
    t.ok(left.length >= 2, 'the copy and the changelog');
    t.same(result.left?.toSorted(), left, 'no more and no less, no folder and no process among it');
    for (const name of left) t.match(result.next, name);
    t.equal(await on.definition(), before);
  });

  t.test('in a hurry during the swap: what stands there is what is said', async (t) => {
    const on = await stage(t, server, { rows: 1_000 });
    const usual = await usualStall(t, server);
    const load = await on.load();
    const [signal, hurry] = [new AbortController(), new AbortController()];
    const holder = await on.holder();
    const request = on.request('MODIFY amount BIGINT', {
      signal: signal.signal,
      hurry: hurry.signal,
      emit: (event) => {
        if (event.type === 'phase' && event.phase === 'cut-over') void holder.take();
        if (event.type !== 'gh-ost' || !event.text.startsWith('Locking')) return;
        signal.abort();
        hurry.abort();
      },
    });
    const result = await resultOf(request);
    await holder.end();
    const report = await load.stop();
    const usualMs = await usual();
    t.match(result, { outcome: 'aborted', exitCode: 6 });
    t.ok((report.longestStallMs ?? 0) < longestMs + usualMs);
    t.same(result.left?.toSorted(), (await on.left()).toSorted());
    t.match(await on.compare(report), agrees);
  });
});

async function abortedAt(t: Test, server: TestServer, { when, spec, ghost, held }: Moment): Promise<Stopped> {
  const on = await stage(t, server, { rows: 10_000 });
  const before = await on.definition();
  const load = await on.load();
  const abort = new AbortController();
  const holder = held && (await (held === 'before' ? on.hold() : on.holder()));
  const request = on.request(spec ?? 'MODIFY amount BIGINT', {
    ghost: { chunkSize: 100, flags: ['--nice-ratio=2'], ...ghost },
    signal: abort.signal,
    emit: (event) => {
      if (abort.signal.aborted || !when(event)) return;
      if (held === 'then') void holder?.take();
      abort.abort();
    },
  });
  const result = await resultOf(request);
  await holder?.end();
  const report = await load.stop();
  t.match(result, { outcome: 'aborted', exitCode: 6, left: undefined, oldTable: undefined });
  t.match(result.state, asItWas);
  t.equal(await on.definition(), before);
  t.same(await on.beside(), []);
  t.match(await on.compare(report), agrees);
  return { schema: on.schema, stallMs: Math.round(report.longestStallMs ?? 0) };
}
