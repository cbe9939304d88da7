import t from 'tap';
import type { PlannedAlter } from '../../../lib/documents/plan.js';
import { decisionsFrom, type GhostContext } from '../../../lib/engines/gh-ost/context.js';
import { cutOverGates } from '../../../lib/engines/gh-ost/cut-over/gates.js';
import type { RunningGhost } from '../../../lib/engines/gh-ost/process/running.js';
import { steerGhost } from '../../../lib/engines/gh-ost/steer.js';
import { Steering } from '../../../lib/runs/steering.js';
import { settingsFor } from '../../support/settings.js';

/** A gh-ost that takes what it is told, and is as far behind as it is said to be. */
function fakeGhost(behind: { backlog: number; heartbeatLagMs: number }) {
  const values = new Map<string, string>();
  const command = async (text: string) => {
    const [name = '', value = ''] = text.split('=');
    if (value !== '?') values.set(name, value);
    return `${values.get(name)}\n`;
  };
  return { command, status: async () => behind } as unknown as RunningGhost;
}

t.test('the gates of the swap go by what was set meanwhile', async (t) => {
  const behind = { backlog: 140, heartbeatLagMs: 1_000 };
  const ghost = fakeGhost(behind);
  const steering = new Steering();
  const settings = settingsFor({ host: '127.0.0.1', port: 1, user: '', password: '' });
  const gates = cutOverGates(
    ghost,
    { table: { schema: 's', name: 't' }, sql: '' } as PlannedAlter,
    { settings, decisions: decisionsFrom(settings), steering, emit: () => {} } as unknown as GhostContext,
    {
      copied: { rows: 500, ms: 1_000 },
      deadline: Number.POSITIVE_INFINITY,
      stall: { attempts: 0, heldMs: 0 },
      signal: new AbortController().signal,
    },
  );
  const asksServer = gates.length - 3;
  const closed = async () => {
    for (const [at, gate] of gates.entries()) {
      const why = at === asksServer ? undefined : await gate();
      if (why !== undefined) return why;
    }
    return undefined;
  };
  const engine = steerGhost(ghost, steering);

  t.match(await closed(), { reason: 'backlog' });
  t.same(await engine.set({ dmlBatchSize: 150 }), { dmlBatchSize: 150 });
  t.equal(await closed(), undefined);
  t.same(await engine.set({ maxLagMs: 500 }), { maxLagMs: 500 });
  t.match(await closed(), { reason: 'lag' });
  t.same(steering.values, { dmlBatchSize: 150, maxLagMs: 500 });
  await engine.set({ maxLagMs: 1_500 });
  steering.paused = true;
  t.match(await gates.at(-1)?.(), { id: 'cut-over-paused' }, 'pause is asked first, and last once more');
});
