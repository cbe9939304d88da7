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

/** Looks whether one of the things holds that a cut-over needs; undefined if it does. May take some seconds. */
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
    return firstClosed(others);
  };
}

/** Asks gates in their order. */
export async function firstClosed(gates: readonly Gate[]): Promise<Closed | undefined> {
  for (const gate of gates) {
    const closed = await gate();
    if (closed !== undefined) return closed;
  }
  return undefined;
}

/** A paused run does not cut over either. */
export function pauseGate(steering: Pick<Steering, 'paused'> | undefined): Gate {
  const closed: Closed = { id: 'cut-over-paused', text: 'somebody to run alterwise resume' };
  return async () => (steering?.paused ? closed : undefined);
}

const askedFor = 'somebody to run alterwise cut-over';

/** `--cut-over manual`: a person says when. */
export function manualGate(
  when: 'auto' | 'manual',
  steering: Pick<Steering, 'cutOverAsked'> | undefined,
): Gate {
  const closed: Closed = { id: 'cut-over-manual', text: askedFor };
  return async () => (when === 'auto' || steering?.cutOverAsked ? undefined : closed);
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
  { totalMs, attemptMs }: { totalMs: number; attemptMs: number },
  stall: Stall,
  steering: Pick<Steering, 'cutOverAsked'> | undefined,
): Gate {
  return async () => {
    if (stall.heldMs + attemptMs <= totalMs || steering?.cutOverAsked) return undefined;
    const spent = `${counted(stall.attempts, 'attempt')} held writers for ${humanMs(stall.heldMs)}`;
    const text = `${askedFor}: ${spent}, and another could exceed --stall-budget-total ${humanMs(totalMs)}`;
    return { id: 'stall-budget', text };
  };
}

/** The table is not to be had. */
export function noLock(text: string, blockers?: readonly Blocker[]): Closed {
  return { id: 'cut-over-lock-timeout', text, ...(blockers && { blockers }) };
}
