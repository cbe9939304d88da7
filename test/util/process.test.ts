import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import t, { type Test } from 'tap';
import { type GhostLine, parseLine } from '../../lib/engines/gh-ost/process/output.js';
import { Fault } from '../../lib/fault.js';
import { runProgram, startChild } from '../../lib/util/child-process.js';
import { until } from '../support/until.js';

/** A small real program in place of gh-ost. */
async function program(t: Test, script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aw-process-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'program');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const env = { PATH: process.env.PATH ?? '' };

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

t.test('lines of both streams, parsed and redacted', async (t) => {
  const path = await program(
    t,
    `echo '# Done'; echo "2026-01-01 00:00:00 INFO $1 $SECRET" >&2; printf 'no end' >&2; exit 3`,
  );
  const lines: GhostLine[] = [];
  const child = startChild({
    path,
    args: ['--a b'],
    env: { ...env, SECRET: 'hunter22' },
    secrets: ['hunter22'],
    onLine: (line, stream) => lines.push(parseLine(stream, line)),
  });
  t.same(await child.exited, { code: 3 });
  t.same(
    lines.filter((line) => line.kind === 'log'),
    [{ kind: 'log', level: 'info', text: '--a b ***' }],
  );
  t.equal(lines.length, 3);
  t.same([...child.tail()].sort(), ['# Done', '2026-01-01 00:00:00 INFO --a b ***', 'no end']);
});

t.test('the environment is not inherited', async (t) => {
  process.env.AW_TEST_SECRET = 'x';
  const path = await program(t, 'echo "$AW_TEST_SECRET$KEPT"');
  const child = startChild({ path, args: [], env: { ...env, KEPT: 'kept' }, secrets: [] });
  await child.exited;
  t.same(child.tail(), ['kept']);
});

t.test('much output does not stop it, and the tail is short', async (t) => {
  const path = await program(
    t,
    'i=0; while [ $i -lt 20000 ]; do echo "line $i, which is long enough"; i=$((i+1)); done',
  );
  let count = 0;
  const child = startChild({ path, args: [], env, secrets: [], onLine: () => (count += 1) });
  t.same(await child.exited, { code: 0 });
  t.equal(count, 20_000);
  t.equal(child.tail().length, 50);
  t.match(child.tail().at(-1), /^line 19999/);
});

t.test('signals', async (t) => {
  const path = await program(t, 'exec sleep 60');
  const child = startChild({ path, args: [], env, secrets: [] });
  child.signal('SIGTERM');
  t.same(await child.exited, { signal: 'SIGTERM' });
  child.signal('SIGTERM');
});

t.test('a program that is not there', async (t) => {
  const error = t.throws(() => startChild({ path: '/nonexistent/gh-ost', args: [], env, secrets: [] }));
  t.ok(error instanceof Fault);
  t.match(error, { id: 'ghost-not-started', exitCode: 11 });
});

t.test('a child ends with us', async (t) => {
  const path = await program(t, 'exec sleep 60');
  const script = fileURLToPath(new URL('../fixtures/start-and-exit.ts', import.meta.url));
  const { stdout } = await execaNode(script, [path], { nodeOptions: ['--import=tsx'] });
  const pid = Number(stdout);
  t.ok(pid > 0);
  t.ok(await until('the child ends', () => !isAlive(pid)));
});

t.test('a brief run', async (t) => {
  const path = await program(t, 'echo "$1"; echo noise >&2; exit 4');
  t.match(await runProgram(path, ['x'], { timeoutMs: 5_000 }), { code: 4, stdout: 'x', timedOut: false });
  t.match(await runProgram('/nonexistent/program', [], { timeoutMs: 5_000 }), {
    stdout: '',
    timedOut: false,
  });
});

t.test('a brief run that is not brief', async (t) => {
  for (const script of [
    'sleep 60; exit 0',
    'sleep 60 & echo started; wait',
    'trap "" TERM; sleep 60; exit 0',
  ]) {
    const startedAt = Date.now();
    const run = await runProgram(await program(t, script), [], { timeoutMs: 300 });
    t.equal(run.timedOut, true);
    t.equal(run.code, undefined);
    t.ok(Date.now() - startedAt < 5_000, script);
  }
});

t.test('a brief run whose output is held open by what got away from it', async (t) => {
  const path = await program(t, 'echo "its words"; setsid sleep 20 & exit 4');
  const start = performance.now();
  t.match(await runProgram(path, [], { timeoutMs: 60_000 }), {
    code: 4,
    stdout: 'its words',
    timedOut: false,
  });
  t.ok(performance.now() - start < 10_000, 'neither to the end of what got away, nor of its time');
});

t.test('a brief run that cannot be killed, as that of another user', async (t) => {
  const kill = process.kill;
  t.teardown(() => {
    process.kill = kill;
  });
  process.kill = () => {
    throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
  };
  const path = await program(t, 'echo $$; exec sleep 20');
  for (const timedOut of [true, false]) {
    const start = performance.now();
    const way = timedOut ? { timeoutMs: 300 } : { timeoutMs: 60_000, signal: AbortSignal.timeout(300) };
    const run = await runProgram(path, [], way);
    t.teardown(() => kill(Number(run.stdout), 'SIGKILL'));
    t.match(run, { code: undefined, stdout: /^\d+$/, timedOut });
    t.ok(performance.now() - start < 10_000);
  }
});
