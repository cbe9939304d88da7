import type { ErrorAnswer } from '../documents/answers.js';
import { type ExitCode, exitCodes } from '../exit-code.js';
import { defect, Fault } from '../fault.js';
import { troubleOf } from '../mysql/errors.js';
import { present } from '../util/present.js';
import type { Io } from './io.js';
import { asDocument, writeAll } from './output.js';

/**
 * Reports what ended a command early: as text on standard error, or with `--format json` as a document on standard
 * output.
 * @param argv the arguments, because the settings may be what is wrong
 * @returns the exit code
 */
export async function reportError(error: unknown, argv: readonly string[], io: Io): Promise<ExitCode> {
  if (wants(argv, io, 'format', 'json')) {
    await writeAll(io.stdout, asDocument(errorAsJson(error)));
  } else if (wants(argv, io, 'progress', 'ndjson')) {
    await writeAll(io.stderr, `${JSON.stringify(errorAsJson(error))}\n`);
  } else {
    await writeAll(io.stderr, errorAsText(error));
  }
  return parts(error).exitCode;
}

/** What happened, the state of the table, and what to do next. */
export function errorAsText(error: unknown): string {
  const { text, state, next } = parts(error);
  const stack = error instanceof Fault || troubleOf(error) !== undefined ? '' : `${stackOf(error)}\n`;
  return `alterwise: ${text}\n${stack}${state}\n${next ? `Next: ${next}\n` : ''}`;
}

export function errorAsJson(error: unknown): ErrorAnswer {
  const { exitCode, ...rest } = parts(error);
  return { version: 1, exitCode, error: rest };
}

function parts(error: unknown): ErrorAnswer['error'] & { exitCode: ExitCode } {
  if (error instanceof Fault) {
    const { id, message, state, next, exitCode } = error;
    return { id, exitCode, text: message, state, ...present({ next }) };
  }
  // A failure while a statement runs is in the result: this was before or after.
  const trouble = troubleOf(error);
  if (trouble !== undefined) {
    const state = 'Nothing was being changed at that moment.';
    return { ...trouble, exitCode: exitCodes.environment, state };
  }
  return {
    ...defect(error),
    exitCode: exitCodes.bug,
    state: 'The state of the table is unknown.',
    next: 'Check the table and what is running on the server (SHOW PROCESSLIST), and report the bug with this text.',
  };
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\nCaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

function wants(argv: readonly string[], io: Io, option: 'format' | 'progress', value: string): boolean {
  const flag = argv.findLastIndex((arg) => arg === `--${option}` || arg.startsWith(`--${option}=`));
  if (flag < 0) return io.env[`ALTERWISE_${option.toUpperCase()}`] === value;
  return argv[flag] === `--${option}=${value}` || (argv[flag] === `--${option}` && argv[flag + 1] === value);
}
