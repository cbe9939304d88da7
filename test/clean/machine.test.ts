import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { foundOnMachine } from '../../lib/clean/machine.js';
import { until } from '../support/until.js';
import { deadRun } from './known-run.js';

/** Something that looks like a gh-ost, and becomes another program at a word. */
async function ghostIn(t: Test, folder: string) {
  const child = spawn('/bin/sh', [
    '-c',
    'read word; exec sleep 60',
    'gh-ost',
    `--serve-socket-file=${folder}/s`,
  ]);
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const { pid = 0 } = child;
  const become = async () => {
    child.stdin.write('now\n');
    const isIt = () => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep');
    await until('it becomes another program', isIt, { everyMs: 20 });
  };
  return { child, pid, become };
}

const skip = process.platform !== 'linux' && 'Linux alone tells what a process was started with';

t.test('a gh-ost that outlived its run is killed, and not what has its number since', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'alterwise-'));
  const table = { schema: 'a', name: 't' };
  const run = deadRun([{ type: 'engine', index: 0, table, version: '1', spec: 'x', flags: 'y', folder }]);
  const { child, pid } = await ghostIn(t, folder);
  const other = await ghostIn(t, folder);
  const found = await foundOnMachine([run]);
  t.same(
    found.map(({ name, verdict }) => `${name} ${verdict}`).sort(),
    [`gh-ost ${pid} removable`, `gh-ost ${other.pid} removable`, `${folder} removable`].sort(),
  );
  await other.become();
  const ended = once(child, 'exit');
  for (const { remove } of found) await remove?.();
  t.same(await ended, [null, 'SIGKILL']);
  await sleep(200);
  t.same([other.child.exitCode, other.child.signalCode], [null, null]);
});
