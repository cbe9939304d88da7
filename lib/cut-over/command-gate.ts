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
  limits?: typeof usualLimits;
}

const usualLimits = {
  /** How long it may take; then it is killed. */
  timeoutMs: 30_000,
  /** The first pause after a no; each is twice as long as the one before. */
  pauseMs: 10_000,
  longestPauseMs: 60_000,
  /** How long a yes holds. */
  validMs: 60_000,
};

/**
 * `--cut-over-gate`: a command that knows what alterwise cannot, such as whether a deploy is running. Exit code 0 is a yes.
 * @param command for `sh -c`; absent: nobody has to be asked
 */
export function commandGate(
  command: string | undefined,
  { facts, secrets, signal, limits = usualLimits }: CommandGateOptions,
): Gate {
  const redact = createRedactor(secrets);
  let answer: Closed | undefined;
  let validUntil = Number.NEGATIVE_INFINITY;
  let noes = 0;
  return async () => {
    if (command === undefined || performance.now() < validUntil) return answer;
    // Both outputs are one; the shell reports a wrong command in the second.
    const { code, stdout, timedOut } = await runProgram('/bin/sh', ['-c', `exec 2>&1\n${command}`], {
      timeoutMs: limits.timeoutMs,
      env: { HOME: process.env.HOME, ...facts },
      signal,
      maxBuffer: 10_000_000,
    });
    signal.throwIfAborted();
    noes = code === 0 ? 0 : noes + 1;
    const pauseMs = Math.min(limits.pauseMs * 2 ** (noes - 1), limits.longestPauseMs);
    validUntil = performance.now() + (code === 0 ? limits.validMs : pauseMs);
    if (code === 0) {
      answer = undefined;
      return undefined;
    }
    const last = oneLine(redact('stdout', stdout.trimEnd().split('\n').at(-1) ?? ''), 200);
    const killed = timedOut ? `was killed after ${humanMs(limits.timeoutMs)}` : 'was killed';
    const end = timedOut || code === undefined ? killed : `ended with ${code}`;
    const reason = last === '' ? end : `${end}: ${last}`;
    const times = noes > 1 ? ` (asked ${noes} times)` : '';
    answer = { id: 'cut-over-gate', text: `the gate to say yes; its command ${reason}${times}`, reason };
    return answer;
  };
}
