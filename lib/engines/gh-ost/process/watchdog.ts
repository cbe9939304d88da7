import type { Progress } from '../../../documents/event.js';
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

const windowMs = 15_000;
/** Before that a rate says nothing. */
const leastWindowMs = 1_000;

/**
 * Percent, rate and time left of alterwise's own: gh-ost's are wrong where it cannot read the server's row
 * estimate (on MySQL 9.5 and up it shows `n/0 100.0%; ETA: due` from the first line on).
 */
export class Meter {
  readonly #rowsTotal: number | undefined;
  readonly #samples: { atMs: number; rows: number }[] = [];

  /** @param rowsTotal absent where it is unknown */
  constructor(rowsTotal: number | undefined) {
    this.#rowsTotal = rowsTotal;
  }

  /** @param atMs a monotonic clock */
  measure(status: GhostStatus, atMs: number): Progress {
    this.#samples.push({ atMs, rows: status.rowsCopied });
    while (atMs - (this.#samples[0]?.atMs ?? atMs) > windowMs) this.#samples.shift();
    const rate = this.#rate();
    const percent = this.#percent(status.rowsCopied);
    const total = this.#rowsTotal;
    const leftRows = total === undefined ? undefined : Math.max(0, total - status.rowsCopied);
    const etaMs = !leftRows || !rate ? undefined : Math.round((leftRows / rate) * 1_000);
    return {
      rowsCopied: status.rowsCopied,
      ...(total !== undefined && { rowsTotal: total }),
      ...(percent !== undefined && { percent }),
      ...(etaMs !== undefined && status.throttled === undefined && { etaMs }),
      ...(rate !== undefined && { rowsPerSecond: Math.round(rate) }),
      eventsApplied: status.eventsApplied,
      backlog: status.backlog,
      ...(status.heartbeatLagMs !== undefined && { lagMs: status.heartbeatLagMs }),
      ...(status.throttled !== undefined && { throttled: status.throttled }),
    };
  }

  #rate(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.atMs - first.atMs < leastWindowMs) return undefined;
    return ((last.rows - first.rows) * 1_000) / (last.atMs - first.atMs);
  }

  /** An estimate of the rows can be too low: a row copy that continues is not done. */
  #percent(rows: number): number | undefined {
    if (this.#rowsTotal === undefined || this.#rowsTotal === 0) return undefined;
    return Math.min(99, Math.round((1_000 * rows) / this.#rowsTotal) / 10);
  }
}
