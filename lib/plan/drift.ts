import type { Plan, PlannedAlter, PlannedStatement } from '../documents/plan.js';
import { isAboutResuming } from '../runs/resuming.js';
import type { ReviewSettings } from '../settings/settings.js';
import { humanCount, humanMs } from '../text/human.js';
import { subjectOf } from '../text/labels.js';

export interface DriftLimits extends Pick<ReviewSettings, 'planMaxAgeMs' | 'rows'> {
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * What has become different between a plan that was approved and the same plan made now, in words; empty if nothing
 * has. Durations and counts may differ, unless the rows grew past the next threshold. Pure.
 */
export function driftOf(approved: Plan, plan: Plan, limits: DriftLimits): string[] {
  const { server: was, statements } = approved;
  const { server: is, statements: current } = plan;
  const [made, here] = [was, is].map(({ uuid, host }) => uuid ?? host);
  const ageMs = limits.now - Date.parse(approved.createdAt);
  const { planMaxAgeMs } = limits;
  return [
    ...texts(
      ageMs > planMaxAgeMs &&
        `The plan is ${humanMs(ageMs)} old, more than --plan-max-age (${humanMs(planMaxAgeMs)}).`,
      made !== here && `It was made for the server ${was.host} (${made}), and this is ${is.host} (${here}).`,
      was.version !== is.version && `The server was ${was.version}, and is ${is.version}.`,
      // If one of the two does without gh-ost, the way of a statement has changed, and says so.
      was.ghOst !== undefined &&
        is.ghOst !== undefined &&
        was.ghOst.version !== is.ghOst.version &&
        `gh-ost was ${was.ghOst.version}, and is ${is.ghOst.version}.`,
      statements.length !== current.length &&
        `It had ${statements.length} statements, and there are ${current.length}.`,
    ),
    ...(statements.length === current.length
      ? statements.flatMap((statement, i) => {
          const about = `Statement ${i + 1} (${subjectOf(statement)})`;
          return statementDrift(statement, current[i], limits.rows).map((text) => `${about}${text}`);
        })
      : []),
  ];
}

function texts(...lines: readonly (string | false)[]): string[] {
  return lines.filter((line) => line !== false);
}

/** As they follow the name of the statement. */
function statementDrift(
  was: PlannedStatement,
  is: PlannedStatement | undefined,
  reviewRows: number,
): string[] {
  if (is === undefined || was.sql !== is.sql) return [' has another text.'];
  // Done, or begun, by an earlier run of the plan that did not come to its end.
  if (is.strategy === 'nothing' || isAboutResuming(is.reasons[0]?.id)) return [];
  const passed = new Set(was.checks.filter(({ level }) => level === 'danger').map(({ id }) => id));
  const dangers = is.checks.filter(
    ({ id, level }) => level === 'danger' && !passed.has(id) && !isAboutResuming(id),
  );
  const [before = 0, now] = [was.estimate.rows, is.estimate.rows];
  const isLarger =
    now !== undefined && was.estimate.rows !== undefined && now > nextThreshold(before, reviewRows);
  const drift = [
    ...(was.kind === 'alter' && is.kind === 'alter' ? alterDrift(was, is) : []),
    ...texts(
      was.strategy !== is.strategy && `: ${was.strategy} was planned, and now it would be ${is.strategy}.`,
    ),
    ...dangers.map(({ id, text }) => `: a danger that was not there: ${id}: ${text}`),
    ...texts(isLarger && `: it had ${humanCount(before)} rows, and has ${humanCount(now)}.`),
  ];
  if (drift.length > 0 || was.fingerprint === is.fingerprint) return drift;
  return [': settings that decide have changed (--strategy, --stall-budget, --direct-budget, --probe).'];
}

function alterDrift(
  { clause: planned = 'no clause', promise: was }: PlannedAlter,
  { clause = 'no clause', promise: is }: PlannedAlter,
): string[] {
  return texts(
    planned !== clause && `: ${planned} was planned, and now it would be ${clause}.`,
    was.before !== is.before &&
      `: the definition of the table has changed:${lineDifference(was.before, is.before)}`,
  );
}

/** Each line that went or came, as ` - line + line`. */
function lineDifference(was: string, is: string): string {
  const [before = [], now = []] = [was, is].map((text) =>
    text.split('\n').map((line) => line.trim().replace(/,$/, '')),
  );
  const gone = before.filter((line) => !now.includes(line)).map((line) => ` - ${line}`);
  const come = now.filter((line) => !before.includes(line)).map((line) => ` + ${line}`);
  return [...gone, ...come].join('') || ' its lines stand in another order.';
}

/** `--review-rows`, and from there on each doubling; a fifth more than was planned is never past it. */
export function nextThreshold(rows: number, first: number): number {
  let threshold = Math.max(1, first);
  while (threshold <= rows * 1.2) threshold *= 2;
  return threshold;
}
