import type { InPlace } from '../documents/answers.js';
import type { Plan, PlannedStatement } from '../documents/plan.js';
import { writesRows } from '../sql/statement.js';

/** Pure. */
export function inPlace({ statements, script }: Plan): InPlace {
  const shown = statements.filter(leavesTraces);
  const missing = shown.filter(({ strategy }) => strategy !== 'nothing');
  return {
    inPlace: shown.length - missing.length,
    missing: missing.map(({ sql, table, reasons: [reason] }) => ({
      sql,
      ...(table && { table }),
      reason: reason ?? { id: 'missing', text: 'It is not in place.' },
    })),
    notLookedAt: statements.filter((each) => !leavesTraces(each)).map(({ sql }) => sql),
    ...(script && { unforeseen: script.unforeseen }),
    ...(script?.pending && { pending: true as const }),
  };
}

const leftOut = ['script-failed', 'not-carried-out', 'not-planned'];

/** Nothing is missing, as far as it can be seen, and nothing is left to do. */
export function isAllInPlace({ missing, pending, unforeseen = [] }: InPlace): boolean {
  return missing.length === 0 && pending !== true && !unforeseen.some(({ id }) => leftOut.includes(id));
}

function leavesTraces(statement: PlannedStatement): boolean {
  if (statement.kind === 'alter' || statement.strategy === 'nothing') return true;
  return !writesRows(statement.verb) && statement.verb !== 'SET';
}
