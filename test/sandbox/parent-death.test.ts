import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import t from 'tap';
import { type Started, tracesOf } from './traces.js';

const fixture = new URL('./fixtures/start-and-wait.ts', import.meta.url).pathname;

/** A process that has started a server, in a process group of its own as a terminal would make it. */
async function parent(): Promise<{ child: ChildProcess; server: Started }> {
  const child = spawn(process.execPath, ['--import=tsx', fixture], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line', {
    signal: AbortSignal.timeout(120_000),
  });
  return { child, server: JSON.parse(String(line)) as Started };
}

for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
  t.test(`${signal} to the process that started a server, and to its group, leaves nothing`, async (t) => {
    const { child, server } = await parent();
    t.not((await tracesOf(server)).length, 0, 'it ran');
    process.kill(-(child.pid ?? 0), signal);
    await once(child, 'exit');
    t.same(await tracesOf(server, 20_000), []);
  });
}
