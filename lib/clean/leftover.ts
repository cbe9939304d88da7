import type { Leftover } from '../documents/answers.js';

/** A leftover, and how to remove it. */
export interface Found {
  leftover: Leftover;
  /** Absent if it stays. @throws if it cannot be removed */
  remove?: () => Promise<void>;
}
