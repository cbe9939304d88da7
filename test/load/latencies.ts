/** How long writes took, each from the moment when it was due. */
export interface LatencySummary {
  writes: number;
  /** Absent where there was no write. */
  longestStallMs?: number;
  p50Ms?: number;
  p99Ms?: number;
}

export class Latencies {
  readonly #writes: { dueAt: number; ms: number }[] = [];

  note(dueAt: number, endedAt: number): void {
    this.#writes.push({ dueAt, ms: endedAt - dueAt });
  }

  /** Of the writes that were due in this time. */
  summary(from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): LatencySummary {
    const inTime = this.#writes.filter(({ dueAt }) => dueAt >= from && dueAt < to);
    const sorted = Float64Array.from(inTime, ({ ms }) => ms).sort();
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
    const [p50Ms, p99Ms, longestStallMs] = [at(0.5), at(0.99), sorted.at(-1)];
    return {
      writes: sorted.length,
      ...(longestStallMs !== undefined && { longestStallMs }),
      ...(p50Ms !== undefined && { p50Ms }),
      ...(p99Ms !== undefined && { p99Ms }),
    };
  }
}
