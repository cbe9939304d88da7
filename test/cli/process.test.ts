import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));

function start(script: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', script, ...args], { cwd: root, stdio: 'pipe' });
}

async function endOf(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk: Buffer) => {
      text[name] += chunk.toString();
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...text };
}

t.test('the exit code reaches the shell', async (t) => {
  t.match(await endOf(start('bin/alterwise.ts', '--version')), { code: 0, stdout: /^\d/, stderr: '' });
  t.match(await endOf(start('bin/alterwise.ts', 'plan')), { code: 2, stdout: '', stderr: /No statement/ });
});

t.test('a reader that goes away is no crash', async (t) => {
  const child = start('bin/alterwise.ts', 'plan', '--help');
  child.stdout?.destroy();
  t.match(await endOf(child), { code: 0, stderr: '' });
});

t.test('Ctrl-C twice', async (t) => {
  const child = start('test/fixtures/waiting.ts');
  const end = endOf(child);
  if (child.stdout) await once(child.stdout, 'data');
  child.kill('SIGINT');
  if (child.stderr) await once(child.stderr, 'data');
  child.kill('SIGINT'); // as npx and tsx hand it on: the same Ctrl-C
  await sleep(1_000);
  child.kill('SIGINT');
  t.match(await end, { code: 6, stderr: /SIGINT: stopping.*\nSIGINT again: exiting at once\.\n$/ });
});
