import type { GhostStatus } from './status.js';

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
 * its swap it has nothing to copy, and may be throttled without saying so (go/logic/migrator.go, printStatus): then only
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

  /** @returns what is wrong, or undefined */
  sign(status: GhostStatus, nowMs: number): string | undefined {
    this.#signAtMs = nowMs;
    const work = status.rowsCopied + status.eventsApplied;
    // A copy that is told to wait stands still by intent, and stops its heartbeats with it.
    const mayStandStill = status.throttled !== undefined || status.state === 'postponing-cut-over';
    if (work !== this.#work || mayStandStill) this.#movedAtMs = nowMs;
    this.#work = work;
    const stuckMs = nowMs - this.#movedAtMs;
    const lagMs = status.heartbeatLagMs ?? 0;
    if (stuckMs < this.#limits.lagMs || lagMs < this.#limits.lagMs) return undefined;
    return `gh-ost has copied and applied nothing for ${Math.round(stuckMs / 1_000)} s, and its heartbeat is ${Math.round(lagMs / 1_000)} s late`;
  }

  silence(nowMs: number): string | undefined {
    const silentMs = nowMs - this.#signAtMs;
    return silentMs > this.#limits.silenceMs
      ? `gh-ost has given no sign of life for ${Math.round(silentMs / 1_000)} s`
      : undefined;
  }
}
