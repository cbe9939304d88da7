import t from 'tap';
import { type QuietOptions, waitUntilQuiet } from '../../lib/cut-over/quiet.js';
import { parseVersion } from '../../lib/inspect/capabilities.js';
import type { ServerFacts } from '../../lib/inspect/server.js';
import type { Session } from '../../lib/mysql/session.js';

const mysql = { flavor: 'mysql', version: parseVersion('9.7.0') } as const;

interface Row {
  connectionId: number;
  ageMs: number;
  role?: 'holds' | 'waits' | 'suspect';
  transactionId?: string;
}

/** A server that shows `look(ms)` as blockers, `ms` after it was first asked. */
function pretend(look: (ms: number) => readonly Row[]): Session {
  let start: number | undefined;
  const rows = async () => {
    start ??= performance.now();
    return look(performance.now() - start).map(({ connectionId, ageMs, role = 'holds', transactionId }) => ({
      connectionId,
      user: 'app',
      host: 'web1',
      command: 'Sleep',
      transactionUs: ageMs * 1_000,
      transactionId: transactionId ?? `${connectionId}`,
      statementSeconds: 0,
      query: null,
      role,
    }));
  };
  return { connectionId: 1, rows } as unknown as Session;
}

async function quietAfter(look: (ms: number) => readonly Row[], options: Partial<QuietOptions> = {}) {
  const told: number[] = [];
  const start = performance.now();
  const blockers = await waitUntilQuiet(
    pretend(look),
    { ...mysql, metadataLocksVisible: true } as ServerFacts,
    { schema: 's', name: 't' },
    {
      olderThanMs: 2_000,
      limitMs: 1_500,
      signal: new AbortController().signal,
      emit: (event) => {
        if (event.type === 'blockers') told.push(...event.blockers.map(({ connectionId }) => connectionId));
      },
      ...options,
    },
  );
  return { quiet: blockers.length === 0, blockers, ms: performance.now() - start, told };
}

const old = { connectionId: 7, ageMs: 60_000 };

t.test('nobody is there: at once', async (t) => {
  const { quiet, ms } = await quietAfter(() => []);
  t.ok(quiet && ms < 100);
});

t.test('an old transaction is waited for until it is gone', async (t) => {
  const { quiet, ms } = await quietAfter((ms) => (ms < 500 ? [old] : []));
  t.ok(quiet && ms > 450 && ms < 1_000, `${ms} ms`);
});

t.test('one that stays is named, and told of meanwhile', async (t) => {
  const found = await quietAfter(() => [old]);
  t.match(found, { quiet: false, blockers: [{ connectionId: 7, user: 'app' }], told: [7] });
  t.ok(found.ms > 1_400 && found.ms < 2_500, `${found.ms} ms`);
});

t.test('whoever comes later and is young is left to the lock', async (t) => {
  const { quiet, ms } = await quietAfter((ms) => (ms < 10 ? [old] : [{ connectionId: 8, ageMs: 300 }]));
  t.ok(quiet && ms < 500, `${ms} ms`);
});

t.test('whoever is there at the first look may grow old, and is waited for', async (t) => {
  const { quiet, ms } = await quietAfter((ms) => (ms < 600 ? [{ connectionId: 8, ageMs: ms }] : []));
  t.ok(quiet && ms > 550, `${ms} ms`);
});

t.test('the next transaction of a connection is another one', async (t) => {
  const look = (ms: number) => [
    { connectionId: 8, ageMs: ms % 200, transactionId: `0 ${Math.floor(ms / 200)}` },
  ];
  const { quiet, ms } = await quietAfter(look);
  t.ok(quiet && ms < 900, `${ms} ms`);
});

t.test('where locks are not seen, doubt is resolved after half of the time', async (t) => {
  const { quiet, ms } = await quietAfter(() => [{ ...old, role: 'suspect' }]);
  t.ok(quiet && ms > 700 && ms < 1_400, `${ms} ms`);
});

t.test('who queues for long is not joined; who queues briefly is', async (t) => {
  t.notOk((await quietAfter(() => [{ ...old, role: 'waits' }])).quiet);
  t.ok(
    (await quietAfter((ms) => (ms < 10 ? [old] : [{ connectionId: 9, ageMs: 100, role: 'waits' }]))).quiet,
  );
});

t.test('ours are nobody', async (t) => {
  t.ok((await quietAfter(() => [old], { ours: [7] })).quiet);
});

t.test('an order to stop ends the wait', async (t) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 200);
  const start = performance.now();
  await t.rejects(quietAfter(() => [old], { signal: controller.signal, limitMs: 20_000 }));
  t.ok(performance.now() - start < 1_000);
});
