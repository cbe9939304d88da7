import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Test } from 'tap';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { built } from '../built.js';
import { type Account, testStateDir } from './settings.js';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** An event as `--progress ndjson` writes it. */
export type Line = Record<string, unknown> & { type?: string; phase?: string; text?: string };

export interface Cli {
  child: ChildProcess;
  /** The lines of standard error that are JSON, so far. */
  events: Line[];
  ended: Promise<Ended>;
  /** When an event fulfils the condition; rejects where the command ends before that. */
  until(what: (event: Line) => boolean): Promise<Line>;
}

/** How a test tells the real command where the server is: by the environment, as a pipeline would. */
export async function cliEnvironment(server: Account): Promise<Record<string, string>> {
  const { path } = await installGhost();
  return {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    ...(process.env.TMPDIR && { TMPDIR: process.env.TMPDIR }),
    ALTERWISE_HOST: server.host,
    ALTERWISE_PORT: String(server.port),
    ALTERWISE_USER: server.user,
    ALTERWISE_PASSWORD: server.password,
    ALTERWISE_STATE_DIR: testStateDir(),
    GH_OST: path,
  };
}

/** Starts the real command line in a process of its own; it ends with the test at the latest. */
export function startCli(t: Pick<Test, 'teardown'>, args: readonly string[], env: NodeJS.ProcessEnv): Cli {
  const child = spawn(process.execPath, [join(built, 'bin/alterwise.js'), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const events: Line[] = [];
  const text = { stdout: '', stderr: '' };
  let rest = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString();
    const lines = `${rest}${chunk.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) events.push(JSON.parse(line) as Line);
    for (const look of waiting) look();
  });
  const ended = once(child, 'close').then(
    ([code, signal]: (number | NodeJS.Signals | null)[]) => ({ code, signal, ...text }) as Ended,
  );
  const until = (what: (event: Line) => boolean) =>
    new Promise<Line>((resolve, reject) => {
      const look = () => {
        const found = events.find(what);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then(({ stdout, stderr }) =>
        reject(new Error(`It never came to that: ${stderr.slice(-1_000)} ${stdout.slice(-1_000)}`)),
      );
    });
  return { child, events, ended, until };
}
