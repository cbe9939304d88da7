import { main } from '../../lib/cli/main.js';
import { fakeIo } from '../fixtures/io.js';

export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

/** One command of the command line, in this process. */
export async function alterwise(env: NodeJS.ProcessEnv, ...argv: string[]): Promise<Said> {
  const io = fakeIo({ env });
  const code = await main(argv, io);
  return { code, stdout: io.stdout.text, stderr: io.stderr.text };
}

/** The same with `--format json`, and what it answers. */
export async function answerOf<T>(env: NodeJS.ProcessEnv, ...argv: string[]): Promise<T> {
  const { stdout, stderr } = await alterwise(env, ...argv, '--format', 'json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as T;
}
