import type { Progress } from '../../../documents/event.js';
import type { GhostStatus } from './output.js';

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
