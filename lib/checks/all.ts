import type { Check } from '../documents/plan.js';
import type { Session } from '../mysql/session.js';
import { findKeys, findRows, type Question } from '../rows/question.js';
import { conversionHazards } from './changed-values.js';
import { checkRuleHazards } from './check-rules.js';
import { columnHazards } from './columns.js';
import { duplicateHazards } from './duplicate-key.js';
import { foreignKeyHazards } from './foreign-keys.js';
import { goneColumnHazards } from './gone-columns.js';
import { indexHazards } from './indexes.js';
import { limitHazards } from './limits.js';
import { partitionHazards } from './partitions.js';
import { serverHazards } from './server.js';
import type { ChangeFacts, CheckFacts, CostFacts } from './shared/facts.js';
import type { Findings, Hazard, ReadTable, RowsAsked } from './shared/hazard.js';
import { overPresentRows, type RowsAhead } from './shared/rows-ahead.js';
import { valuesLostHazards } from './values-lost.js';

/** All hazards, in the order in which they are reported. */
export const hazards: readonly Hazard[] = Object.entries({
  ...valuesLostHazards,
  ...columnHazards,
  ...goneColumnHazards,
  ...conversionHazards,
  ...duplicateHazards,
  ...checkRuleHazards,
  ...foreignKeyHazards,
  ...partitionHazards,
  ...indexHazards,
  ...limitHazards,
  ...serverHazards,
}).map(([id, hazard]) => ({ id, ...hazard }));

/** What the statement and the difference between the definitions tell. Pure. */
export function runChecks(facts: CheckFacts): Check[] {
  return hazards.flatMap((hazard) => [
    ...checksOf(hazard, hazard.inStatement?.(facts)),
    ...(isChange(facts) ? checksOf(hazard, hazard.inChange?.(facts)) : []),
  ]);
}

/** What the server has to be asked, without reading a row of the table. */
export async function runServerChecks(facts: CheckFacts, session: Session): Promise<Check[]> {
  const checks: Check[] = [];
  if (!isChange(facts)) return checks;
  for (const hazard of hazards) checks.push(...checksOf(hazard, await hazard.onServer?.(facts, session)));
  return checks;
}

/** The rows of the table and of others as the statement will find them. */
export interface AskedRows {
  rows: RowsAhead;
  /** Why the rows of another table are not those that it has now; undefined if they are. */
  whyOthers(read: ReadTable): string | undefined;
}

/** What the rows have to be asked: now, if no earlier statement decides the answer. */
export function questionsOf(facts: CheckFacts, asked: AskedRows): Question[] {
  if (!isChange(facts) || asked.rows.kind === 'none') return [];
  return hazards.flatMap((hazard) =>
    [hazard.inRows?.(facts) ?? []].flat().map((each) => questionOf(hazard, each, asked)),
  );
}

/** What the chosen strategy costs, against what the server has. Pure. */
export function runCostChecks(facts: CostFacts): Check[] {
  return hazards.flatMap((hazard) => checksOf(hazard, hazard.inCosts?.(facts)));
}

function isChange(facts: CheckFacts): facts is ChangeFacts {
  return facts.probe.kind === 'applies';
}

function checksOf({ id, level, final }: Hazard, findings: Findings): Check[] {
  return [findings ?? []]
    .flat()
    .filter(({ count }) => count !== 0)
    .map((found) => ({ id, level, ...found, ...(final && { final }) }));
}

const askedLater = 'No action needed: the rows are checked after that statement, before this one.';

/** A fix ends with the statement that finds the rows. */
function questionOf(
  { id, level, final }: Hazard,
  asked: RowsAsked,
  { rows, whyOthers }: AskedRows,
): Question {
  const { about, fix, reads } = asked;
  if ('why' in asked) {
    return { kind: 'unknown', finding: { id, about, ...(fix && { fix }) }, why: asked.why };
  }
  const later = (why: string) => ({ kind: 'later', finding: { id, about, fix: askedLater }, why }) as const;
  if (rows.kind !== 'present') return later(rows.kind === 'written' ? rows.why : 'the table is new');
  const others = reads && whyOthers(reads);
  if (others !== undefined) return later(others);
  const over = sqlOf(asked).map((sql) => overPresentRows(sql, rows));
  const unknown = over.find((each) => 'why' in each);
  if (unknown !== undefined && 'why' in unknown) return later(unknown.why);
  const parts = over.flatMap((each) => ('sql' in each ? each.sql : []));
  const [offends = ''] = parts;
  const find = 'keyParts' in asked ? findKeys(rows.from, parts) : findRows(rows.from, offends);
  const finding = {
    id,
    level: level === 'danger' ? level : 'warning',
    ...(final && { final }),
    about,
    text: asked.text,
    fix: 'computes' in asked ? asked.fix : `${fix} Find them: ${find}`,
  } as const;
  if ('keyParts' in asked) return { kind: 'key', parts, finding };
  return { kind: 'rows', offends, finding, ...('computes' in asked && { byFailing: true }) };
}

function sqlOf(asked: Exclude<RowsAsked, { why: string }>): readonly string[] {
  if ('keyParts' in asked) return asked.keyParts;
  return ['computes' in asked ? asked.computes : asked.offends];
}
