import { ExecaError, execa } from 'execa';

interface CommandOptions {
  /** No command may last for ever. */
  limitSeconds: number;
  signal?: AbortSignal | undefined;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Text for its standard input, which is otherwise closed. */
  input?: string;
}

/** A helper program that could not be run, was stopped, or failed; the message ends with what it said last. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly isMissing: boolean;

  constructor(program: string, cause: unknown) {
    super(explain(program, cause), { cause });
    this.isMissing = cause instanceof ExecaError && cause.code === 'ENOENT';
  }
}

/** Runs a helper program to its end and returns what it wrote on standard output. */
export async function runCommand(
  program: string,
  args: readonly string[],
  { limitSeconds, signal, input, ...options }: CommandOptions,
): Promise<string> {
  try {
    const { stdout } = await execa(program, args, {
      ...options,
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
      ...(signal && { cancelSignal: signal }),
      timeout: limitSeconds * 1000,
      forceKillAfterDelay: 5_000,
    });
    return stdout;
  } catch (error) {
    throw new CommandError(program, error);
  }
}

function explain(program: string, error: unknown): string {
  if (!(error instanceof ExecaError)) return `${program}: ${String(error)}`;
  if (error.code === 'ENOENT') return `${program} is not installed`;
  const said = lastLines(String(error.stderr || error.stdout || ''), 5);
  const ending = error.timedOut
    ? 'took too long'
    : error.isCanceled
      ? 'was stopped'
      : `failed with ${error.exitCode === undefined ? error.signal : `exit code ${error.exitCode}`}`;
  return said === '' ? `${program} ${ending}` : `${program} ${ending}: ${said}`;
}

function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
