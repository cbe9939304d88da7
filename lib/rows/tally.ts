import type { Question } from './question.js';

/** What is known so far of the answer to one question. */
export interface Tally<Q extends Question = Question> {
  question: Q;
  count: number;
  samples: string[];
  /** Why it was not finished, as the rest of a sentence; absent where it was, or may still be. */
  unfinished?: string;
}

export const mostSamples = 5;

export function tallyOf<Q extends Question>(question: Q): Tally<Q> {
  return { question, count: 0, samples: [] };
}

/** A value in a sample: short, on one line. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  const text = (Buffer.isBuffer(value) ? `0x${value.toString('hex')}` : String(value)).replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
