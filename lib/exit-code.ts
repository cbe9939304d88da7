/**
 * Every ending of a run, by the exit code that a pipeline sees. The table is part of the public interface:
 * codes may be added, never reused. Which outcomes can end with a code is in `documents/ending.ts`.
 */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  reviewRequired: 3,
  refused: 4,
  lockTimeout: 5,
  aborted: 6,
  ghostFailed: 7,
  verificationFailed: 8,
  unknown: 9,
  drifted: 10,
  environment: 11,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
