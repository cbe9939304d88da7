import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { runCommand } from '../../lib/util/child-process.js';
import type { SandboxServer } from '../sandbox/index.js';
import { environmentOf } from './environment.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = fileURLToPath(new URL('../../dist/bin/alterwise.js', import.meta.url));
const limitMs = 15 * 60_000;

/** Makes dist anew; fails where types are wrong, because what is measured must be what would be published. */
export async function buildAlterwise(signal: AbortSignal): Promise<void> {
  await runCommand('npm', ['run', 'build'], { limitSeconds: 300, signal, cwd: root });
}

/** How long `--help` takes, from start to end, several times. */
export async function startUpMs(times: number): Promise<number[]> {
  const measured: number[] = [];
  for (let n = 0; n < times; n++) {
    const start = performance.now();
    await execa(process.execPath, [program, '--help'], { stdin: 'ignore', timeout: 30_000 });
    measured.push(performance.now() - start);
  }
  return measured;
}

/**
 * One change through gh-ost by the built command line, as in a pipeline.
 * @returns how long it took from start to end, and the most memory that alterwise itself had
 */
export async function alterwiseRun(
  server: SandboxServer,
  ghostPath: string,
  change: string,
  signal: AbortSignal,
): Promise<{ ms: number; peakBytes?: number }> {
  const stateDir = await mkdtemp(join(tmpdir(), 'alterwise-bench-'));
  const start = performance.now();
  const run = execa(process.execPath, [program, 'run', change, '--strategy=gh-ost', '--format=json'], {
    env: environmentOf(server, stateDir, ghostPath),
    stdin: 'ignore',
    cancelSignal: signal,
    timeout: limitMs,
  });
  let peakBytes: number | undefined;
  const look = setInterval(async () => {
    peakBytes = (await peakOf(run.pid)) ?? peakBytes;
  }, 50);
  try {
    await run;
    return { ms: performance.now() - start, ...(peakBytes !== undefined && { peakBytes }) };
  } finally {
    clearInterval(look);
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** The high-water mark of resident memory as Linux keeps it (proc(5), VmHWM); of a process that has ended, nothing. */
async function peakOf(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
