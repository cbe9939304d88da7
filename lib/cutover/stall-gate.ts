import { counted, humanMs } from '../plan/human.js';
import type { Steering } from '../runs/steering.js';
import type { Gate } from './gate.js';

export interface Stall {
  attempts: number;
  /** How long they have held writers, all together. */
  heldMs: number;
}

/**
 * `--stall-budget-total`: no attempt is begun that could make writers stand still for longer, all attempts together.
 * A person may want another one all the same.
 * @param attemptMs the longest that one attempt holds them
 */
export function stallGate(
  limits: { totalMs: number; attemptMs: number },
  stall: () => Stall,
  steering: Pick<Steering, 'cutOverAsked'> | undefined,
): Gate {
  return async () => {
    const { attempts, heldMs } = stall();
    if (heldMs + limits.attemptMs <= limits.totalMs || steering?.cutOverAsked === true) return undefined;
    const spent = `${counted(attempts, 'attempt')} held writers for ${humanMs(heldMs)}`;
    const text = `somebody to say alterwise cut-over: ${spent}, and another could exceed --stall-budget-total ${humanMs(limits.totalMs)}`;
    return { id: 'stall-budget', text };
  };
}
