import { humanCount, humanMs } from '../plan/human.js';
import type { Gate } from './gate.js';

/** What the engine says of itself; what is not known is absent. */
export interface Following {
  backlog: number;
  heartbeatLagMs?: number;
  throttled?: string;
}

/**
 * The copy has to be close behind the original: what is not applied yet when the tables are locked has to be applied
 * while writers wait.
 * @param status absent where the engine gives no answer
 */
export function lagGate(
  status: () => Promise<Following | undefined>,
  limitsNow: () => { backlog: number; lagMs: number },
): Gate {
  const waits = (text: string, reason: string) => ({ id: 'cut-over-lag', text, reason }) as const;
  return async () => {
    const limits = limitsNow();
    const now = await status();
    if (now === undefined) return waits('an answer of gh-ost', 'silent');
    const { backlog, heartbeatLagMs, throttled } = now;
    if (throttled !== undefined) return waits(`the copy to go on; it is paused: ${throttled}`, throttled);
    if (backlog > limits.backlog) {
      const text = `the copy to catch up: ${humanCount(backlog)} changes are not applied (${humanCount(limits.backlog)} may be)`;
      return waits(text, 'backlog');
    }
    if (heartbeatLagMs === undefined || heartbeatLagMs < limits.lagMs) return undefined;
    return waits(
      `the copy to catch up: it is ${humanMs(heartbeatLagMs)} behind (${humanMs(limits.lagMs)} may be)`,
      'lag',
    );
  };
}
