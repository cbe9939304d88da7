import { main } from '../../lib/cli/main.js';
import { fakeIo } from '../fixtures/io.js';
import { type SchemaName, schemaErrors } from '../fixtures/schemas.js';

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

/** The same with `--format json`, and what it answers, which is as its schema says. */
export async function answerOf<T>(env: NodeJS.ProcessEnv, ...argv: string[]): Promise<T> {
  const { stdout, stderr } = await alterwise(env, ...argv, '--format', 'json');
  if (stdout === '') throw new Error(stderr);
  const document: unknown = JSON.parse(stdout);
  const errors = schemaErrors(schemaOf(argv, document), document);
  if (errors !== undefined) throw new Error(`${argv.join(' ')}: ${errors}`);
  return document as T;
}

function schemaOf(argv: readonly string[], document: unknown): SchemaName {
  if (typeof document === 'object' && document !== null && 'error' in document) return 'error';
  const [command = ''] = argv;
  if (command === 'status' || command === 'clean') return command;
  if (argv.includes('--dry-run') || command === 'plan') return 'plan';
  return command === 'run' || command === 'revert' ? 'result' : 'order';
}
