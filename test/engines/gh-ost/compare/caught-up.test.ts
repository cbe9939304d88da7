import t from 'tap';
import { waitUntilCaughtUp } from '../../../../lib/engines/gh-ost/compare/caught-up.js';
import type { GhostStatus } from '../../../../lib/engines/gh-ost/process/output.js';

type Look = Partial<Pick<GhostStatus, 'backlog' | 'eventsApplied' | 'heartbeatLagMs'>>;

/** A gh-ost that says these things one after the other, and the last one from then on. @returns how many it has said */
async function waited(looks: readonly (Look | undefined)[]): Promise<number | 'for ever'> {
  let said = 0;
  const status = async (): Promise<GhostStatus | undefined> => {
    const look = looks[Math.min(said++, looks.length - 1)];
    return look && { ...usual, ...look };
  };
  // Each look comes 150 ms after the one before.
  const signal = AbortSignal.timeout(150 * looks.length + 1_500);
  try {
    await waitUntilCaughtUp({ status }, { signal, deadline: Number.POSITIVE_INFINITY });
    return said;
  } catch (error) {
    if (!signal.aborted) throw error;
    return 'for ever';
  }
}

const usual: GhostStatus = {
  rowsCopied: 1,
  eventsApplied: 100,
  backlog: 0,
  backlogLimit: 1_000,
  elapsedMs: 1,
  copyingMs: 1,
  coordinates: 'x:1',
  heartbeatLagMs: 0,
  state: 'postponing-cut-over',
};

t.test('an empty queue that fills with heartbeats and is emptied again', async (t) => {
  const looks = [{}, {}, {}, { backlog: 4 }, { backlog: 0 }, {}];
  t.equal(await waited(looks), 5);
});

t.test('a batch that is being applied is waited for: the queue only grows', async (t) => {
  t.equal(await waited([{}, {}, {}, { backlog: 1 }, { backlog: 3 }, { backlog: 5 }]), 'for ever');
  t.equal(await waited([{}, {}, {}, { backlog: 2 }, { backlog: 9 }, { backlog: 8 }]), 6);
});

t.test('a queue that never is empty is passed when as much was applied as it can have held', async (t) => {
  const full = { backlog: 700 };
  const looks = [full, full, full, { ...full, eventsApplied: 1_799 }, { ...full, eventsApplied: 1_800 }];
  t.equal(await waited(looks), 5);
});

t.test('nothing counts before a heartbeat has come that was written later', async (t) => {
  const old = { heartbeatLagMs: 60_000 };
  const emptied = [{}, { backlog: 4 }, { backlog: 0 }];
  t.equal(await waited([...emptied.map((look) => ({ ...look, ...old })), old]), 'for ever');
  t.equal(await waited([old, { ...old, backlog: 3 }, old, {}, ...emptied]), 7);
});

t.test('a gh-ost that gives no answer now and then is asked again', async (t) => {
  t.equal(await waited([undefined, {}, undefined, {}, { backlog: 4 }, undefined, { backlog: 0 }]), 7);
});

t.test('one that does not get there is not waited for without end', async (t) => {
  const status = async () => ({ ...usual, heartbeatLagMs: 60_000 });
  const deadline = performance.now() + 400;
  const { signal } = new AbortController();
  await t.rejects(waitUntilCaughtUp({ status }, { signal, deadline }), { message: 'cut off' });
});
