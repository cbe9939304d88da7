/**
 * Dangers that arise only where an earlier run has stopped on its way: they are no part of what was planned, and a
 * plan that was approved holds all the same.
 */
export const resumingDangers = {
  /** A statement was begun, and whether it was carried out is unknown. */
  perhapsDone: 'perhaps-done',
  /** A statement wants what the session of the earlier run knew. */
  sessionLost: 'session-lost',
} as const;

export function isAboutResuming(id: string | undefined): boolean {
  return Object.values(resumingDangers).some((each) => each === id);
}
