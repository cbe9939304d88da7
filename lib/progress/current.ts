import type { Event } from '../documents/event.js';
import { progressText } from '../report/event-text.js';
import { humanMs, oneLine } from '../text/human.js';

type Phase = Extract<Event, { type: 'phase' }>;
type Step = Extract<Event, { type: 'progress' }>;

/** The phase that a run is in, and the last that was heard of it. */
export class Current {
  #phase: Pick<Phase, 'phase' | 'table' | 'text'> | undefined;
  #step: Step | undefined;
  #since = 0;
  #heard = 0;

  /** Takes an event in. */
  note(event: Event): void {
    if (event.type === 'phase') this.#begin(event);
    if (event.type === 'plan' || event.type === 'outcome') this.#phase = undefined;
    if (event.type !== 'progress') return;
    const same = this.#phase?.phase === event.phase && this.#phase.table === event.table;
    if (!same) this.#begin({ phase: event.phase, table: event.table, text: event.phase });
    this.#step = event;
    this.#heard = Date.now();
  }

  get isActive(): boolean {
    return this.#phase !== undefined;
  }

  /** The state now, on one line; how long it has been so goes on counting while nothing is heard. */
  text(): string {
    if (!this.#phase) return '';
    const { table, phase, text } = this.#phase;
    const far = this.#step ? progressText(this.#step) : '';
    const elapsed = humanMs(Math.floor(this.#elapsedMs() / 1000) * 1000);
    return oneLine(`${table}: ${far === '' ? text : `${phase}: ${far}`} (${elapsed}${this.#silence()})`);
  }

  /** The phase with its duration, once it is over. */
  ended(): string {
    if (!this.#phase) return '';
    const { table, text } = this.#phase;
    return oneLine(`${table}: ${text} (${humanMs(this.#elapsedMs())})`);
  }

  #begin(phase: Pick<Phase, 'phase' | 'table' | 'text'>): void {
    this.#phase = phase;
    this.#step = undefined;
    this.#since = Date.now();
  }

  #elapsedMs(): number {
    const here = Date.now() - this.#since;
    const told = this.#step ? this.#step.elapsedMs + Date.now() - this.#heard : 0;
    return Math.max(here, told);
  }

  /** gh-ost itself is silent for up to 30 s: what is older is worth a word. */
  #silence(): string {
    const silentMs = this.#step ? Date.now() - this.#heard : 0;
    return silentMs < 35_000 ? '' : `, nothing heard for ${humanMs(silentMs)}`;
  }
}
