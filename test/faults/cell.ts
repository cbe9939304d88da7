import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ended } from '../support/ghost-cli.js';
import type { Cell } from './fault.js';
import { type Judgement, judge, type Seen, type SeenEnd } from './judge.js';
import { untilMoment } from './moment.js';
import { type Scene, setScene } from './scene.js';
import type { FaultyServer } from './server.js';

/** What became of one fault at one moment. */
export interface CellEnd extends Judgement {
  cell: Cell;
  seen?: Seen;
  ms: number;
}

/** From a fault to alterwise's end, at the most; it waits for a minute in several places. */
const endLimitMs = 330_000;
const momentLimitMs = 300_000;
const secondLimitMs = 300_000;

/** Has the fault happen at its moment, and sees what comes of it. */
export async function runCell(cell: Cell, server: FaultyServer, rows?: number): Promise<CellEnd> {
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  const scene = await setScene(server, cell.engine, rows);
  const undo: (() => Promise<void>)[] = [];
  try {
    const restored = await cell.fault.prepare?.(scene);
    if (restored !== undefined) undo.push(restored);
    const { ended } = await scene.run(true);
    const came = await Promise.race([
      untilMoment(scene, cell.moment).then(
        () => true,
        () => false,
      ),
      sleep(momentLimitMs, false, { ref: false }),
    ]);
    const over = came ? await cell.fault.inject(scene) : undefined;
    if (cell.moment === 'wait-cut-over') setTimeout(() => scene.release(), 1_000).unref();
    const first = await endOf(scene, ended, endLimitMs);
    if (cell.fault.destroys === 'table') scene.leave();
    const ghosts = await goneGhosts(scene);
    const atFirst = await lookAt(scene);
    scene.release();
    await over?.();
    const second = await runAgain(scene);
    const load = await scene.load.stop();
    const seen: Seen = { came, first, ghosts, ...atFirst, ...second, load };
    return { cell, seen, ...(await judge(cell, scene, seen)), ms: ms() };
  } finally {
    scene.proxy.heal();
    for (const step of undo.reverse()) await step().catch(() => {});
    await scene.close();
  }
}

/** One that does not end is ended; what it had told by then counts all the same. */
async function endOf(scene: Scene, ended: Promise<Ended>, limitMs: number): Promise<SeenEnd> {
  const end = await Promise.race([ended, sleep(limitMs, undefined, { ref: false })]);
  if (end !== undefined) return end;
  scene.cli.child.kill('SIGKILL');
  return { ...(await ended), hung: true };
}

/** gh-ost may outlive a killed alterwise for as long as it takes it to write a line. @returns those that stay */
async function goneGhosts(scene: Scene): Promise<number> {
  const start = performance.now();
  for (;;) {
    const pids = await scene.ghostPids();
    if (pids.length === 0) return 0;
    if (performance.now() - start > 20_000) {
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      return pids.length;
    }
    await sleep(100);
  }
}

async function lookAt(scene: Scene): Promise<Pick<Seen, 'definition' | 'beside' | 'folders'>> {
  return {
    definition: await scene.definition(),
    beside: await scene.beside(),
    folders: (await readdir(scene.folders)).filter((name) => name.startsWith('alterwise-')),
  };
}

/** The same statement once more, and then `clean`; it goes first where the statement is refused for what is left. */
async function runAgain(
  scene: Scene,
): Promise<Pick<Seen, 'second' | 'cleanedFirst' | 'definitionAtLast' | 'stays'>> {
  const again = async () => endOf(scene, (await scene.run(false)).ended, secondLimitMs);
  let second = await again();
  const cleanedFirst = /ghost-leftovers|gh-ost-running|already-running/.test(second.stdout);
  if (cleanedFirst) {
    await cleaned(scene);
    second = await again();
  }
  const definitionAtLast = await scene.definition();
  return { second, cleanedFirst, definitionAtLast, stays: await cleaned(scene) };
}

interface Cleaned {
  leftovers?: { name: string; verdict: string }[];
}

/** @returns what is still beside the table, but for originals that are kept; with what `clean` says of it */
async function cleaned(scene: Scene): Promise<string[]> {
  const { stdout } = await scene.command(['clean', '--apply', '--format', 'json']).ended;
  const { leftovers = [] } = JSON.parse(stdout || '{}') as Cleaned;
  const stays: string[] = [];
  for (const name of await scene.beside()) {
    const { verdict = 'not named' } = leftovers.find((each) => each.name === name) ?? {};
    if (verdict !== 'kept') stays.push(`${name} (${verdict})`);
  }
  return stays;
}
