import type { Check } from '../../documents/plan.js';

/** Marks the dangers that `--accept` names. A final one stays: rows would be lost, or the server would refuse the change. */
export function accept(checks: readonly Check[], ids: readonly string[]): Check[] {
  return checks.map((check) =>
    check.level === 'danger' && check.final !== true && ids.includes(check.id)
      ? { ...check, accepted: true }
      : check,
  );
}

/** What to do about a danger: fix it, or accept it by name if that is possible. */
export function wayOut({ id, fix = 'Fix the statement.', final }: Check): string {
  return final ? fix : `${fix} Or accept it: --accept ${id}`;
}

/** The first danger that nobody has accepted: it refuses the statement. */
export function standingDanger(checks: readonly Check[]): Check | undefined {
  return checks.find(({ level, accepted }) => level === 'danger' && !accepted);
}
