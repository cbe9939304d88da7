import type { Plan, PlannedAlter, PlannedStatement } from '../documents/plan.js';
import { isAboutResuming } from '../runs/resuming.js';
import { humanCount, humanMs } from '../text/human.js';
import { subjectOf } from '../text/labels.js';

export interface DriftLimits {
  planMaxAgeMs: number;
  /** `--review-rows`. */
  rows: number;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * What has become different between a plan that was approved and the same plan made now, in words; empty where nothing
 * has. Durations and counts may differ, unless the rows grew past the next threshold. Pure.
 */
export function driftOf(approved: Plan, now: Plan, limits: DriftLimits): string[] {
  return [
    ...tooOld(approved, limits),
    ...serverDrift(approved, now),
    ...(approved.statements.length === now.statements.length
      ? approved.statements.flatMap((statement, i) => statementDrift(statement, now.statements[i], i, limits))
      : [`It had ${approved.statements.length} statements, and there are ${now.statements.length}.`]),
  ];
}

function tooOld({ createdAt }: Plan, { now, planMaxAgeMs }: DriftLimits): string[] {
  const ageMs = now - Date.parse(createdAt);
  if (ageMs <= planMaxAgeMs) return [];
  return [`The plan is ${humanMs(ageMs)} old, more than --plan-max-age (${humanMs(planMaxAgeMs)}).`];
}

function serverDrift({ server: was }: Plan, { server: is }: Plan): string[] {
  const identity = ({ uuid, host }: Plan['server']) => uuid ?? host;
  const drift: string[] = [];
  if (identity(was) !== identity(is)) {
    drift.push(
      `It was made for the server ${was.host} (${identity(was)}), and this is ${is.host} (${identity(is)}).`,
    );
  }
  if (was.version !== is.version) drift.push(`The server was ${was.version}, and is ${is.version}.`);
  // Where one of the two does without gh-ost, the way of a statement has changed, and says so.
  if (was.ghOst && is.ghOst && was.ghOst.version !== is.ghOst.version) {
    drift.push(`gh-ost was ${was.ghOst.version}, and is ${is.ghOst.version}.`);
  }
  return drift;
}

function statementDrift(
  was: PlannedStatement,
  is: PlannedStatement | undefined,
  index: number,
  limits: DriftLimits,
): string[] {
  const about = `Statement ${index + 1} (${subjectOf(was)})`;
  if (is === undefined || was.sql !== is.sql) return [`${about} has another text.`];
  // Done, or begun, by an earlier run of the plan that did not come to its end.
  if (is.strategy === 'nothing' || isAboutResuming(is.reasons[0]?.id)) return [];
  const drift: string[] = [];
  if (was.kind === 'alter' && is.kind === 'alter') drift.push(...alterDrift(was, is, about));
  if (was.strategy !== is.strategy)
    drift.push(`${about}: ${was.strategy} was planned, and now it would be ${is.strategy}.`);
  const passed = new Set(was.checks.filter(({ level }) => level === 'danger').map(({ id }) => id));
  for (const { id, level, text } of is.checks) {
    if (level === 'danger' && !passed.has(id) && !isAboutResuming(id))
      drift.push(`${about}: a danger that was not there: ${id}: ${text}`);
  }
  const [before, now] = [was.estimate.rows, is.estimate.rows];
  if (before !== undefined && now !== undefined && now > nextThreshold(before, limits.rows)) {
    drift.push(`${about}: it had ${humanCount(before)} rows, and has ${humanCount(now)}.`);
  }
  if (drift.length === 0 && was.fingerprint !== is.fingerprint) {
    drift.push(
      `${about}: settings that decide have changed (--strategy, --stall-budget, --direct-budget, --probe).`,
    );
  }
  return drift;
}

function alterDrift(was: PlannedAlter, is: PlannedAlter, about: string): string[] {
  const drift: string[] = [];
  if (was.clause !== is.clause) {
    drift.push(
      `${about}: ${was.clause ?? 'no clause'} was planned, and now it would be ${is.clause ?? 'no clause'}.`,
    );
  }
  if (was.promise.before !== is.promise.before) {
    drift.push(
      `${about}: the definition of the table has changed:${lineDifference(was.promise.before, is.promise.before)}`,
    );
  }
  return drift;
}

/** Each line that went or came, as ` - line + line`. */
function lineDifference(was: string, is: string): string {
  const [before, now] = [was.split('\n'), is.split('\n')].map((lines) =>
    lines.map((line) => line.trim().replace(/,$/, '')),
  );
  const gone = (before ?? []).filter((line) => !now?.includes(line)).map((line) => ` - ${line}`);
  const come = (now ?? []).filter((line) => !before?.includes(line)).map((line) => ` + ${line}`);
  return [...gone, ...come].join('') || ' its lines stand in another order.';
}

/** `--review-rows`, and from there on each doubling; a fifth more than was planned is never past it. */
export function nextThreshold(rows: number, first: number): number {
  let threshold = Math.max(1, first);
  while (threshold <= rows * 1.2) threshold *= 2;
  return threshold;
}
