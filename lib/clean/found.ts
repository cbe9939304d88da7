import type { Leftover } from '../documents/answers.js';

/** A leftover, and how to remove it. */
export interface Found extends Omit<Leftover, 'removal'> {
  /** Absent if it stays. @returns why it stays after all @throws if it cannot be removed */
  remove?: () => Promise<string | undefined>;
}
