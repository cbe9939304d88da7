import { execa } from 'execa';
import type { TestResult } from './report.js';

const limitMs = 10 * 60_000;

/** Runs a tool that is right or wrong as a whole, as one test. */
export async function check(
  name: string,
  command: readonly string[],
  signal: AbortSignal,
): Promise<TestResult> {
  const [program = '', ...args] = command;
  const { failed, all, shortMessage } = await execa(program, args, {
    preferLocal: true,
    stdin: 'ignore',
    all: true,
    reject: false,
    cancelSignal: signal,
    timeout: limitMs,
  });
  return failed ? { name, outcome: 'failed', said: `${shortMessage}\n${all}` } : { name, outcome: 'passed' };
}
