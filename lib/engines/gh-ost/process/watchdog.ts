import type { GhostStatus } from './output.js';

export interface WatchLimits {
  /** Without any answer. */
  silenceMs: number;
  /** Of the heartbeat, while nothing is copied or applied for as long. */
  lagMs: number;
}

const defaultLimits: WatchLimits = { silenceMs: 60_000, lagMs: 30_000 };

/**
 * Tells when gh-ost has stopped living without ending: it gives no sign for a minute, or its heartbeat lags
 * while nothing is copied or applied (gh-ost 1.1.9 hung so after `panic`; lost binlogs look the same). While it postpones
 * its cut-over it has nothing to copy, and may be throttled without saying so (go/logic/migrator.go, printStatus): then only
 * silence tells.
 */
export class Watchdog {
  readonly #limits: WatchLimits;
  #signAtMs: number;
  #movedAtMs: number;
  #work = -1;

  constructor(nowMs: number, limits: WatchLimits = defaultLimits) {
    this.#limits = limits;
    this.#signAtMs = nowMs;
    this.#movedAtMs = nowMs;
  }

  /**
   * @param status absent if gh-ost gave no answer
   * @returns what is wrong, or undefined
   */
  look(status: GhostStatus | undefined, nowMs: number): string | undefined {
    if (status === undefined) {
      const silentMs = nowMs - this.#signAtMs;
      if (silentMs <= this.#limits.silenceMs) return undefined;
      return `gh-ost has given no sign of life for ${Math.round(silentMs / 1_000)} s`;
    }
    this.#signAtMs = nowMs;
    const work = status.rowsCopied + status.eventsApplied;
    // A row copy that was told to wait is paused on purpose, and its heartbeats stop with it.
    const mayStandStill = status.throttled !== undefined || status.state === 'postponing-cut-over';
    if (work !== this.#work || mayStandStill) this.#movedAtMs = nowMs;
    this.#work = work;
    const stuckMs = nowMs - this.#movedAtMs;
    const lagMs = status.heartbeatLagMs ?? 0;
    if (stuckMs < this.#limits.lagMs || lagMs < this.#limits.lagMs) return undefined;
    return `gh-ost has copied and applied nothing for ${Math.round(stuckMs / 1_000)} s, and its heartbeat is ${Math.round(lagMs / 1_000)} s late`;
  }
}
