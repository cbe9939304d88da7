import type { Blocker } from '../documents/result.js';
import type { Steering } from '../runs/steering.js';
import { counted, humanMs } from '../text/human.js';

/** What a cut-over can wait for, as results and events name it. */
export type GateId =
  | 'cut-over-manual'
  | 'cut-over-window'
  | 'cut-over-gate'
  | 'stall-budget'
  | 'cut-over-paused'
  | 'cut-over-lag'
  /** Somebody holds the table, or queues for it. */
  | 'cut-over-lock-timeout';

/** Why there is no cut-over now. */
export interface Closed {
  id: GateId;
  /** What it waits for, so that it can follow "Waiting for". */
  text: string;
  /** The same as long as the reason is; absent: the text changes with it only. */
  reason?: string;
  blockers?: readonly Blocker[];
}

/** Looks whether one of the things holds that a cut-over needs; undefined where it does. May take some seconds. */
export type Gate = () => Promise<Closed | undefined>;

/** What has been so for no longer than this counts as being so now. */
const staleMs = 1_000;

/**
 * A gate that may wait, and after which others are looked at again: what they saw before it waited may not hold any more.
 * @param others open when `waiting` is asked
 */
export function lookAgain(waiting: Gate, others: readonly Gate[], oldMs = staleMs): Gate {
  return async () => {
    const start = performance.now();
    const closed = await waiting();
    if (closed !== undefined || performance.now() - start <= oldMs) return closed;
    for (const gate of others) {
      const again = await gate();
      if (again !== undefined) return again;
    }
    return undefined;
  };
}

/** A paused run does not cut over either. */
export function pauseGate(steering: Pick<Steering, 'paused'> | undefined): Gate {
  return async () =>
    steering?.paused === true
      ? { id: 'cut-over-paused', text: 'somebody to run alterwise resume' }
      : undefined;
}

/** `--cut-over manual`: a person says when. */
export function manualGate(
  when: 'auto' | 'manual',
  steering: Pick<Steering, 'cutOverAsked'> | undefined,
): Gate {
  return async () => {
    if (when === 'auto' || steering?.cutOverAsked === true) return undefined;
    return { id: 'cut-over-manual', text: 'somebody to run alterwise cut-over' };
  };
}

export interface Stall {
  attempts: number;
  /** How long they have held writers, all together. */
  heldMs: number;
}

/**
 * `--stall-budget-total`: no attempt begins that could block writers for longer, all attempts together.
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
    const text = `somebody to run alterwise cut-over: ${spent}, and another could exceed --stall-budget-total ${humanMs(limits.totalMs)}`;
    return { id: 'stall-budget', text };
  };
}
