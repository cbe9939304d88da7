import type { Check } from '../documents/plan.js';
import type { Session } from '../mysql/session.js';
import type { Question } from '../rows/question.js';
import { autoIncrementNearEnd } from './auto-increment-near-end.js';
import { cascades } from './cascades.js';
import { changedValues } from './changed-values.js';
import type { ChangeFacts, CheckFacts } from './check-facts.js';
import { checkIgnored } from './check-ignored.js';
import { dropColumn } from './drop-column.js';
import { droppedIndexUsed } from './dropped-index-used.js';
import { duplicateKeys } from './duplicate-keys.js';
import { galera } from './galera.js';
import { generatedColumns } from './generated-columns.js';
import { lostWithColumn } from './lost-with-column.js';
import { mentioned } from './mentioned.js';
import { noPartition } from './no-partition.js';
import { nullValues } from './null-values.js';
import { orphans } from './orphans.js';
import { redundantIndex } from './redundant-index.js';
import { refusedByCheck } from './refused-by-check.js';
import { routineMentions } from './routine-mentions.js';
import { rowSize } from './row-size.js';
import { rowVersions } from './row-versions.js';
import { rowsGone } from './rows-gone.js';
import { tracerUnknown } from './tracer-unknown.js';
import { valuesLost } from './values-lost.js';
import { zeroDates } from './zero-dates.js';

/** Checks of any statement, by what is known of it. In a fixed order: the same mistake always gives the same words. */
const ofStatements: readonly ((facts: CheckFacts) => Check[])[] = [checkIgnored, galera];

/** Checks of what a change does, by the difference between the definitions. */
const ofChanges: readonly ((facts: ChangeFacts) => Check[])[] = [
  valuesLost,
  generatedColumns,
  mentioned,
  lostWithColumn,
  dropColumn,
  autoIncrementNearEnd,
  redundantIndex,
  rowVersions,
  rowSize,
  tracerUnknown,
];

/** Checks that have to look at the server. Each look is bounded, and what cannot be known is `unknown`. */
const ofServer: readonly ((facts: ChangeFacts, session: Session) => Promise<Check[]>)[] = [
  rowsGone,
  routineMentions,
  droppedIndexUsed,
  cascades,
];

/** Checks that only the rows can answer. */
const ofRows: readonly ((facts: ChangeFacts) => Question[])[] = [
  changedValues,
  zeroDates,
  nullValues,
  duplicateKeys,
  refusedByCheck,
  orphans,
  noPartition,
];

/** What is known already. Pure. */
export function runChecks(facts: CheckFacts): Check[] {
  const changes = isChange(facts) ? ofChanges.flatMap((check) => check(facts)) : [];
  return [...changes, ...ofStatements.flatMap((check) => check(facts))];
}

/** What the server has to be asked, without reading a row of the table. */
export async function runServerChecks(facts: CheckFacts, session: Session): Promise<Check[]> {
  if (!isChange(facts)) return [];
  const checks: Check[] = [];
  for (const check of ofServer) checks.push(...(await check(facts, session)));
  return checks;
}

/** What the rows have to be asked. */
export function questionsOf(facts: CheckFacts): Question[] {
  return isChange(facts) ? ofRows.flatMap((check) => check(facts)) : [];
}

function isChange(facts: CheckFacts): facts is ChangeFacts {
  return facts.probe.kind === 'applies';
}
