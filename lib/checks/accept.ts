import type { Check } from '../documents/plan.js';

/** Marks the dangers that may pass. One that is final may not: rows would be lost, or the server would refuse them. */
export function accept(checks: readonly Check[], ids: readonly string[]): Check[] {
  return checks.map((check) =>
    check.level === 'danger' && check.final !== true && ids.includes(check.id)
      ? { ...check, accepted: true }
      : check,
  );
}

/** What to do about a danger: mend it, or let it pass by name where that may be. */
export function wayOut({ id, fix, final }: Check): string {
  const mend = fix ?? 'Mend the statement.';
  return final ? mend : `${mend} Or let it pass: --accept ${id}`;
}

/** The first danger that nobody has let pass: it refuses the statement. */
export function standingDanger(checks: readonly Check[]): Check | undefined {
  return checks.find(({ level, accepted }) => level === 'danger' && !accepted);
}
