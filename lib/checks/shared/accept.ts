import type { Check } from '../../documents/plan.js';

/** Marks the dangers that `--accept` names. A final one stays: rows would be lost, or the server would refuse the change. */
export function accept(checks: readonly Check[], ids: readonly string[]): Check[] {
  const isAccepted = ({ id, level, final }: Check) => level === 'danger' && !final && ids.includes(id);
  return checks.map((check) => (isAccepted(check) ? { ...check, accepted: true } : check));
}

/** The dangers that nobody has accepted: the first one refuses the statement. */
export function standingDangers(checks: readonly Check[]): Check[] {
  return checks.filter(({ level, accepted }) => level === 'danger' && !accepted);
}

export function standingDanger(checks: readonly Check[]): Check | undefined {
  return standingDangers(checks)[0];
}

export function fixOf([first]: readonly Check[]): string {
  return first?.fix ?? 'Fix the statement.';
}

/** What to do about dangers: fix the first, or accept all by name if that is possible. */
export function fixOrAccept(dangers: readonly Check[]): string {
  const fix = fixOf(dangers);
  if (dangers.some(({ final }) => final)) return fix;
  return `${fix} Or accept it: ${dangers.map(({ id }) => `--accept ${id}`).join(' ')}`;
}
