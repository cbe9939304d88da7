import { humanMs, oneLine } from '../text/human.js';
import { runProgram } from '../util/child-process.js';
import { createRedactor } from '../util/redact.js';
import type { Closed, Gate } from './gate.js';

export interface CommandGateOptions {
  /** What it finds in its environment, besides PATH and HOME. */
  facts: Readonly<Record<string, string>>;
  /** What must not appear in any text. */
  secrets: readonly string[];
  signal: AbortSignal;
  /** Absent: those of alterwise. */
  limits?: CommandGateLimits;
}

interface CommandGateLimits {
  /** How long it may take; then it is killed. */
  timeoutMs: number;
  /** The first pause after a no; each is twice as long as the one before. */
  pauseMs: number;
  longestPauseMs: number;
  /** How long a yes holds. */
  validMs: number;
}

const usual: CommandGateLimits = {
  timeoutMs: 30_000,
  pauseMs: 10_000,
  longestPauseMs: 60_000,
  validMs: 60_000,
};

/**
 * `--cut-over-gate`: a command that knows what alterwise cannot, such as whether a deploy is running. Exit code 0 is a yes.
 * @param command for `sh -c`; absent: nobody has to be asked
 */
export function commandGate(
  command: string | undefined,
  { facts, secrets, signal, limits = usual }: CommandGateOptions,
): Gate {
  const redact = createRedactor(secrets);
  let no: Closed | undefined;
  let validUntil = Number.NEGATIVE_INFINITY;
  let pauseMs = limits.pauseMs;
  let asked = 0;
  return async () => {
    if (command === undefined || performance.now() < validUntil) return no;
    asked++;
    // Both outputs are one; the shell reports a wrong command in the second.
    const { code, stdout, timedOut } = await runProgram('/bin/sh', ['-c', `exec 2>&1\n${command}`], {
      timeoutMs: limits.timeoutMs,
      env: { HOME: process.env.HOME, ...facts },
      signal,
      maxBuffer: 10_000_000,
    });
    signal.throwIfAborted();
    if (code === 0) {
      no = undefined;
      validUntil = performance.now() + limits.validMs;
      pauseMs = limits.pauseMs;
      asked = 0;
      return undefined;
    }
    const last = oneLine(redact('stdout', stdout.trimEnd().split('\n').at(-1) ?? ''), 200);
    const end = timedOut
      ? `was killed after ${humanMs(limits.timeoutMs)}`
      : code === undefined
        ? 'was killed'
        : `ended with ${code}`;
    const reason = `${end}${last === '' ? '' : `: ${last}`}`;
    no = { id: 'cut-over-gate', text: `the gate to say yes; its command ${reason}`, reason };
    if (asked > 1) no.text += ` (asked ${asked} times)`;
    validUntil = performance.now() + pauseMs;
    pauseMs = Math.min(2 * pauseMs, limits.longestPauseMs);
    return no;
  };
}
