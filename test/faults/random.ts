import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../load/random.js';
import type { Cell, Fault } from './fault.js';
import { allFaults } from './faults/all.js';

/** What is killed, by the names of the matrix. */
const victims = [
  'SIGKILL of alterwise',
  'SIGTERM of alterwise',
  'SIGKILL of gh-ost',
  "KILL of gh-ost's connections",
  "KILL of alterwise's connections",
  'SIGKILL of the server',
  'network cut for 3 s',
];

/** How long a run lasts from its first phase on, roughly. */
const runMs = 14_000;

/** Something is killed at a random moment, so many times; the same seed makes the same choices. */
export function randomCells(count: number, seed: number): Cell[] {
  const random = new Random(seed);
  const faults = victims.flatMap((name) => allFaults.find((fault) => fault.name === name) ?? []);
  return Array.from({ length: count }, () => {
    const victim = faults[random.below(faults.length)];
    if (victim === undefined) throw new Error('no fault of that name');
    const afterMs = random.below(runMs);
    const fault: Fault = {
      ...victim,
      name: `${victim.name} after ${afterMs} ms`,
      inject: async (scene) => {
        await Promise.race([sleep(afterMs), scene.cli.ended]);
        return victim.inject(scene);
      },
    };
    return { fault, moment: 'inspect', engine: 'gh-ost', kind: 'mysql-9.7' };
  });
}
