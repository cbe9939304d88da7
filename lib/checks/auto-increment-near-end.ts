import type { Check } from '../documents/plan.js';
import { readTable } from '../table/definition.js';
import type { Column } from '../table/shape.js';
import { humanCount } from '../text/human.js';
import { type ChangeFacts, columnPairs } from './check-facts.js';
import { kindOf } from './conversions/pair.js';

const warnAbove = 0.75;
const dangerAbove = 0.95;

/**
 * How much of the type AUTO_INCREMENT has used up. At its end every INSERT fails (1062 or 1467). A danger only where
 * this very change makes it so: an index may be added to a table that is nearly full.
 */
export function autoIncrementNearEnd(facts: ChangeFacts): Check[] {
  const next = Number(readTable(facts.table.definition)?.options.named.get('AUTO_INCREMENT')?.value ?? 0);
  const pair = columnPairs(facts).find(({ after }) => /auto_increment/i.test(after.extra));
  if (pair === undefined || next < 2) return [];
  const [was, is] = [usedOf(pair.before, next), usedOf(pair.after, next)];
  if (is === undefined || is <= warnAbove) return [];
  const share = `${Math.min(100, Math.floor(is * 100))} %`;
  const { name, type } = pair.after;
  const isWorse = was !== undefined && is > was;
  return [
    {
      id: 'auto-increment-near-end',
      level: isWorse && is > dangerAbove ? 'danger' : 'warning',
      text: `The next value of ${name} is ${humanCount(next)}: ${share} of what ${type} can count to. At its end every INSERT fails.`,
      fix: isWorse
        ? 'Choose a wider type, or leave the column as it is.'
        : `Widen ${name} to BIGINT before it is full, with the columns that refer to it.`,
    },
  ];
}

/** Undefined of what is no whole number. */
function usedOf(column: Column, next: number): number | undefined {
  const kind = kindOf(column);
  return kind.family === 'integer' ? (next - 1) / Number(kind.high) : undefined;
}
