import type { Check } from '../documents/plan.js';
import type { Session } from '../mysql/session.js';
import type { Question } from '../rows/question.js';
import { autoIncrementNearEnd } from './auto-increment-near-end.js';
import { binlogRetention } from './binlog-retention.js';
import { cascade } from './cascade.js';
import { cascadeAdded } from './cascade-added.js';
import { changedValues, conversionNotChecked } from './changed-values.js';
import { checkIgnored } from './check-ignored.js';
import { checkLost } from './check-lost.js';
import { columnDropped } from './column-dropped.js';
import { columnMentioned } from './column-mentioned.js';
import { columnOrder } from './column-order.js';
import { droppedIndexUsed } from './dropped-index-used.js';
import { duplicateKey, duplicateUnderCollation } from './duplicate-key.js';
import { freeDisk } from './free-disk.js';
import { galera } from './galera.js';
import { indexShrunk } from './index-shrunk.js';
import { noPartition } from './no-partition.js';
import { nullValues } from './null-values.js';
import { orphans } from './orphans.js';
import { redundantIndex } from './redundant-index.js';
import { refusedByCheck } from './refused-by-check.js';
import { routineMentionsColumn } from './routine-mentions-column.js';
import { rowSize } from './row-size.js';
import { rowVersions } from './row-versions.js';
import { rowsGone } from './rows-gone.js';
import type { ChangeFacts, CheckFacts, CostFacts } from './shared/facts.js';
import { checksOf, type Hazard, questionOf } from './shared/hazard.js';
import { tracerUnknown } from './tracer-unknown.js';
import { computedAnew, valuesComputed } from './values-computed.js';
import { valuesLost } from './values-lost.js';
import { zeroDate } from './zero-date.js';

/** All hazards, in the order in which they are reported. To add one, write its file and add it here and to docs/checks.md. */
export const hazards: readonly Hazard[] = [
  valuesLost,
  valuesComputed,
  computedAnew,
  columnOrder,
  columnMentioned,
  checkLost,
  indexShrunk,
  columnDropped,
  autoIncrementNearEnd,
  redundantIndex,
  rowVersions,
  rowSize,
  tracerUnknown,
  checkIgnored,
  galera,
  rowsGone,
  routineMentionsColumn,
  droppedIndexUsed,
  cascadeAdded,
  cascade,
  ...changedValues,
  conversionNotChecked,
  zeroDate,
  nullValues,
  duplicateKey,
  duplicateUnderCollation,
  refusedByCheck,
  orphans,
  noPartition,
  freeDisk,
  binlogRetention,
];

/** What the statement and the difference between the definitions tell. Pure. */
export function runChecks(facts: CheckFacts, of = hazards): Check[] {
  return of.flatMap((hazard) => {
    if ('inStatement' in hazard) return checksOf(hazard, hazard.inStatement(facts));
    return 'inChange' in hazard && isChange(facts) ? checksOf(hazard, hazard.inChange(facts)) : [];
  });
}

/** What the server has to be asked, without reading a row of the table. */
export async function runServerChecks(facts: CheckFacts, session: Session, of = hazards): Promise<Check[]> {
  const checks: Check[] = [];
  for (const hazard of of) {
    if (!('onServer' in hazard) || !isChange(facts)) continue;
    checks.push(...checksOf(hazard, await hazard.onServer(facts, session)));
  }
  return checks;
}

/** What the rows have to be asked. */
export function questionsOf(facts: CheckFacts, of = hazards): Question[] {
  if (!isChange(facts)) return [];
  return of.flatMap((hazard) =>
    'inRows' in hazard
      ? hazard.inRows(facts).map((asked) => questionOf(hazard, facts.table.name, asked))
      : [],
  );
}

/** What the chosen strategy costs, against what the server has. Pure. */
export function runCostChecks(facts: CostFacts, of = hazards): Check[] {
  return of.flatMap((hazard) => ('inCosts' in hazard ? checksOf(hazard, hazard.inCosts(facts)) : []));
}

function isChange(facts: CheckFacts): facts is ChangeFacts {
  return facts.probe.kind === 'applies';
}
