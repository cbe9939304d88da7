import { Latencies } from './latencies.js';
import type { Verdict } from './settle.js';
import { type Change, CommitDoubt, type Write } from './write.js';

/** An UPDATE or DELETE that found no row where the truth has one. */
export interface Missed {
  id: number;
  /** When, in ms since the beginning of the load. */
  atMs: number;
}

/** What all writers of a load have seen, counted. */
export class Tally {
  readonly latencies = new Latencies();
  readonly counts = {
    committed: 0,
    transactions: 0,
    inserts: 0,
    updates: 0,
    deletes: 0,
    failed: 0,
    retries: 0,
  };
  readonly errors: Record<string, number> = {};
  readonly doubts: Record<Verdict, number> = { committed: 0, 'not-committed': 0, undecided: 0 };
  readonly missed: Missed[] = [];
  readonly #began = performance.now();

  committed(write: Write, missed: Write): void {
    this.counts.committed++;
    if (write.length > 1) this.counts.transactions++;
    for (const change of write) this.counts[kindOf(change)]++;
    for (const { id } of missed) this.missed.push({ id, atMs: Math.round(performance.now() - this.#began) });
  }

  failed(): void {
    this.counts.failed++;
  }

  retried(): void {
    this.counts.retries++;
  }

  doubt(verdict: Verdict): void {
    this.doubts[verdict]++;
  }

  error(error: unknown): void {
    const code = codeOf(error);
    this.errors[code] = (this.errors[code] ?? 0) + 1;
  }
}

function kindOf({ before, after }: Change): 'inserts' | 'updates' | 'deletes' {
  if (after === undefined) return 'deletes';
  return before === undefined ? 'inserts' : 'updates';
}

/** The server's number (`1205`), or what the driver calls it (`PROTOCOL_CONNECTION_LOST`). */
function codeOf(error: unknown): string {
  if (error instanceof CommitDoubt) return codeOf(error.cause);
  if (!(error instanceof Error)) return String(error);
  const { errno, code } = error as Error & { errno?: unknown; code?: unknown };
  return typeof errno === 'number' && errno >= 1000 ? String(errno) : String(code ?? error.name);
}
