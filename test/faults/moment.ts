import { setTimeout as sleep } from 'node:timers/promises';
import type { Scene } from './scene.js';

export const ghostMoments = [
  'inspect',
  'probe',
  'check',
  'copy',
  'verify',
  'wait-cut-over',
  'cut-over',
  'locked',
  'clean-up',
  'aborting',
] as const;
export const directMoments = ['inspect', 'probe', 'check', 'apply', 'verify'] as const;

/**
 * When a fault happens: the phases of a run, and three moments of a migration by gh-ost that matter most: `cut-over` is
 * when it asks for the table's lock, `locked` when it has it, `aborting` the clean-up after a SIGTERM.
 */
export type Moment = (typeof ghostMoments)[number] | (typeof directMoments)[number];

/** Rows that are copied when a copy counts as being under way. */
const underWay = 2_000;

/** Waits for the moment; rejects where the run ends before it comes. */
export async function untilMoment(scene: Scene, moment: Moment): Promise<void> {
  const { cli } = scene;
  const phase = (name: string) => cli.until((event) => event.type === 'phase' && event.phase === name);
  const said = (text: string) =>
    cli.until((event) => event.type === 'gh-ost' && event.text?.startsWith(text) === true);
  const copying = () =>
    cli.until((event) => event.type === 'progress' && Number(event.rowsCopied ?? 0) >= underWay);
  switch (moment) {
    case 'copy':
      await copying();
      return;
    case 'wait-cut-over':
      await phase('verify');
      await scene.hold();
      await phase('wait-cut-over');
      await sleep(300);
      return;
    case 'cut-over':
      await said('Locking ');
      return;
    case 'locked':
      await said('Tables locked');
      return;
    case 'apply':
      await cli.until((event) => event.type === 'progress' && event.phase === 'apply');
      return;
    case 'aborting':
      await copying();
      cli.child.kill('SIGTERM');
      await phase('clean-up');
      return;
    default:
      await phase(moment);
  }
}
