import type { Plan, PlannedStatement, Reason } from '../documents/plan.js';
import type { TableName } from '../sql/names.js';
import { writesRows } from '../sql/statement.js';

/** Whether every change of a plan is in place already. */
export interface InPlace {
  inPlace: number;
  missing: readonly Missing[];
  /** Statements whose traces no schema shows: they write rows, or set something for a session. */
  notLookedAt: readonly string[];
  /** Of a script: what could not be seen, and whether it has something left to run, be it no change of a schema. */
  unforeseen?: readonly Reason[];
  pending?: true;
}

export interface Missing {
  sql: string;
  table?: TableName;
  /** What would be done, or why it is neither in place nor can be made. */
  reason: Reason;
}

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
