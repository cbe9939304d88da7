import t from 'tap';
import { attempt } from '../../../../lib/engines/gh-ost/cut-over/attempt.js';
import type { RunningGhost } from '../../../../lib/engines/gh-ost/process/running.js';
import { SocketError } from '../../../../lib/engines/gh-ost/process/socket.js';
import { ghostStatus } from '../../../support/ghost-status.js';
import { settingsFor } from '../../../support/settings.js';

type Seen = Pick<RunningGhost['log'], 'attempts' | 'isCuttingOver'> & {
  state: 'postponing-cut-over' | 'migrating' | 'throttled';
};

/** A gh-ost that is seen so, one look after the other. */
function fakeGhost(seen: readonly Seen[]) {
  let looks = 0;
  const log = { attempts: 1, isCuttingOver: false };
  const ghost = {
    log,
    command: async () => '',
    exited: new Promise(() => {}),
    exit: () => undefined,
    status: async () => {
      const { state, ...now } = seen[Math.min(looks++, seen.length - 1)] ?? { state: 'migrating' };
      Object.assign(log, now);
      return ghostStatus({ state });
    },
  } as unknown as RunningGhost;
  return { ghost, looks: () => looks };
}

const settings = settingsFor({ host: '127.0.0.1', port: 1, user: '', password: '' });
const waiting: Seen = { attempts: 1, isCuttingOver: false, state: 'postponing-cut-over' };

t.test('a gh-ost that has not tried yet is waited for: what it was told cannot be taken back', async (t) => {
  const { ghost, looks } = fakeGhost([
    ...Array.from({ length: 6 }, () => waiting),
    { attempts: 2, isCuttingOver: true, state: 'migrating' },
    { ...waiting, attempts: 2 },
  ]);
  t.equal(await attempt(ghost, { settings }), 'postponed-again');
  t.equal(looks(), 8);
});

t.test('one that has not heard it is told again', async (t) => {
  const { ghost } = fakeGhost([waiting, waiting, { ...waiting, attempts: 2 }]);
  let tries = 0;
  ghost.command = async () => {
    if (++tries === 1) throw new SocketError('silent', 'no answer');
    return '';
  };
  t.equal(await attempt(ghost, { settings }), 'postponed-again');
  t.equal(tries, 2);
});

t.test(
  'one that is throttled after an attempt in vain waits again, and one that is so in it does not',
  async (t) => {
    const { ghost, looks } = fakeGhost([
      { attempts: 2, isCuttingOver: true, state: 'throttled' },
      { attempts: 2, isCuttingOver: false, state: 'throttled' },
    ]);
    t.equal(await attempt(ghost, { settings }), 'postponed-again');
    t.equal(looks(), 2);
  },
);
