import type { Reader } from '../rows/reader.js';
import { longestMs, mostSuspicious } from './parts.js';
import type { Side } from './sides.js';
import {
  type Comparison,
  type Difference,
  findSuspects,
  type Suspicion,
  settleSuspects,
} from './suspects.js';
import type { Way } from './way.js';

/** A copy that is broken is broken: to count on would cost the server more than it tells anybody. */
const enough = 1_000;
/** Of a part that has more suspects than can be looked at together, and cannot be made smaller. */
const mostPasses = 20;

/** What was found in a comparison, and what is still to be looked at again: when that is much, and at the end. */
export class Ledger {
  readonly #context: { reader: Reader; caughtUp(): Promise<void> };
  readonly #differences: Difference[] = [];
  readonly #restless: string[] = [];
  #looksAgain = 0;
  #open: Suspicion[] = [];

  constructor(context: { reader: Reader; caughtUp(): Promise<void> }) {
    this.#context = context;
  }

  get isEnough(): boolean {
    return this.#differences.length >= enough;
  }

  get figures(): Pick<Comparison, 'differences' | 'restless' | 'looksAgain'> {
    return { differences: this.#differences, restless: this.#restless, looksAgain: this.#looksAgain };
  }

  /** Takes in the rows of a part that differ now. */
  async note(side: Side, { row }: Way, from: string): Promise<void> {
    for (let pass = 1; !this.isEnough; pass++) {
      const suspects = await findSuspects(side, row, from, mostSuspicious, this.#context.reader, longestMs);
      this.#open.push({ side, row, suspects });
      const waiting = this.#open.reduce((sum, each) => sum + each.suspects.length, 0);
      if (waiting >= mostSuspicious) await this.settle();
      if (suspects.length < mostSuspicious) return;
      if (pass === mostPasses) {
        this.#restless.push('a part in which a thousand rows are on their way at each look');
        return;
      }
    }
  }

  async settle(): Promise<void> {
    const open = this.#open;
    this.#open = [];
    if (open.length === 0) return;
    const { differences, restless, looks } = await settleSuspects(open, this.#context);
    this.#differences.push(...differences);
    this.#restless.push(...restless);
    this.#looksAgain += looks;
  }
}
