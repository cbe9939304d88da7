import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.js';
import type { Scene } from '../scene.js';
import { withGhost } from './when.js';

const always = () => true;

export const processFaults: readonly Fault[] = [
  {
    name: 'SIGTERM of alterwise',
    text: 'as a pipeline that is cancelled sends it',
    applies: (moment) => moment !== 'aborting',
    inject: async ({ cli }) => void cli.child.kill('SIGTERM'),
  },
  {
    name: 'SIGKILL of alterwise',
    text: '',
    applies: always,
    killsAlterwise: true,
    inject: async ({ cli }) => void cli.child.kill('SIGKILL'),
  },
  {
    name: 'SIGKILL of gh-ost',
    text: '',
    applies: withGhost,
    inject: (scene) => signalGhost(scene, 'SIGKILL'),
  },
  {
    name: 'SIGSTOP of gh-ost for 8 s',
    text: 'and SIGCONT',
    applies: withGhost,
    inject: async (scene) => {
      await signalGhost(scene, 'SIGSTOP');
      await sleep(8_000);
      await signalGhost(scene, 'SIGCONT');
      return undefined;
    },
  },
  {
    name: 'SIGSTOP of gh-ost for good',
    text: '',
    applies: withGhost,
    inject: (scene) => signalGhost(scene, 'SIGSTOP'),
  },
];

async function signalGhost(scene: Scene, name: NodeJS.Signals): Promise<undefined> {
  for (const pid of await scene.ghostPids()) {
    try {
      process.kill(pid, name);
    } catch {
      // It has just ended by itself.
    }
  }
  return undefined;
}
