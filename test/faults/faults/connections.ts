import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.js';
import type { Scene } from '../scene.js';
import { withGhost } from './when.js';

export const connectionFaults: readonly Fault[] = [
  {
    name: "KILL of gh-ost's connections",
    text: 'all of them at once',
    applies: withGhost,
    inject: (scene) => killAll(scene, 'gh-ost', 0),
  },
  {
    name: "KILL of gh-ost's connections in turn",
    text: 'one each half second',
    applies: (moment) => moment === 'copy',
    inject: (scene) => killAll(scene, 'gh-ost', 500),
  },
  {
    name: "KILL of alterwise's connections",
    text: 'all of them at once',
    applies: () => true,
    inject: (scene) => killAll(scene, 'alterwise', 0),
  },
];

async function killAll(scene: Scene, of: 'alterwise' | 'gh-ost', pauseMs: number): Promise<undefined> {
  for (const id of await scene.connections(of)) {
    // It may have been closed by now.
    await scene.root(`KILL ${id}`).catch(() => {});
    if (pauseMs > 0) await sleep(pauseMs);
  }
  return undefined;
}
