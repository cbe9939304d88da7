import type { Check } from '../documents/plan.js';
import type { Session } from '../mysql/session.js';
import { findKeys, findRows, type Question } from '../rows/question.js';
import type { TableName } from '../sql/names.js';
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
import type { Findings, Hazard, RowsAsked } from './shared/hazard.js';

/** All hazards, in the order in which they are reported. */
export const hazards: readonly Hazard[] = Object.entries({
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

/** What the rows have to be asked. */
export function questionsOf(facts: CheckFacts): Question[] {
  if (!isChange(facts)) return [];
  return hazards.flatMap((hazard) =>
    [hazard.inRows?.(facts) ?? []].flat().map((asked) => questionOf(hazard, facts.table.name, asked)),
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

/** A fix ends with the statement that finds the rows. */
function questionOf({ id, level, final }: Hazard, table: TableName, asked: RowsAsked): Question {
  const { about, fix } = asked;
  if ('why' in asked) {
    return { kind: 'unknown', finding: { id, about, ...(fix && { fix }) }, why: asked.why };
  }
  const find = 'offends' in asked ? findRows(table, asked.offends) : findKeys(table, asked.keyParts);
  const finding = {
    id,
    level: level === 'danger' ? level : 'warning',
    ...(final && { final }),
    about,
    text: asked.text,
    fix: `${fix} Find them: ${find}`,
  } as const;
  return 'offends' in asked
    ? { kind: 'rows', offends: asked.offends, finding }
    : { kind: 'key', parts: asked.keyParts, finding };
}
