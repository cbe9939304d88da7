import { kindOf } from '../table/column-kind.js';
import { readTable } from '../table/definition.js';
import type { Column } from '../table/shape.js';
import { humanCount } from '../text/human.js';
import { columnPairs } from './shared/facts.js';
import type { Hazard } from './shared/hazard.js';

const warnAbove = 0.75;
const dangerAbove = 0.95;

/**
 * How much of its type AUTO_INCREMENT has used up. At the end every INSERT fails (1062 or 1467). A danger only if this
 * very change makes it so: adding an index to a table that is nearly full is no danger.
 */
export const autoIncrementNearEnd: Hazard = {
  id: 'auto-increment-near-end',
  level: 'warning',
  inChange(facts) {
    const next = Number(readTable(facts.table.definition)?.options.named.get('AUTO_INCREMENT')?.value ?? 0);
    const pair = columnPairs(facts).find(({ after }) => /auto_increment/i.test(after.extra));
    if (pair === undefined || next < 2) return undefined;
    const [usedBefore, used] = [shareUsed(pair.before, next), shareUsed(pair.after, next)];
    if (used === undefined || used <= warnAbove) return undefined;
    const share = `${Math.min(100, Math.floor(used * 100))} %`;
    const { name, type } = pair.after;
    const isWorse = usedBefore !== undefined && used > usedBefore;
    return {
      level: isWorse && used > dangerAbove ? 'danger' : 'warning',
      text: `The next value of ${name} is ${humanCount(next)}: ${share} of the range of ${type} is used. At its end every INSERT fails.`,
      fix: isWorse
        ? 'Choose a wider type, or leave the column as it is.'
        : `Widen ${name} to BIGINT before it is full, together with the columns that refer to it.`,
    };
  },
};

/** Undefined unless the column is a whole number. */
function shareUsed(column: Column, next: number): number | undefined {
  const kind = kindOf(column);
  return kind.family === 'integer' ? (next - 1) / Number(kind.high) : undefined;
}
