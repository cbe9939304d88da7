import type { ChangeFacts } from '../checks/check-facts.js';
import type { Compatibility, Verdict } from '../documents/plan.js';
import { type Change, changeOf } from './change.js';
import { columnRules } from './column-rules.js';
import { columnTypes } from './column-types.js';
import { columnsGone, columnsNew } from './columns.js';
import { type Finding, stepsOf } from './finding.js';
import { constraints, keys } from './keys.js';
import { collations, wholeTable } from './whole-table.js';

const rules: readonly ((change: Change) => Finding[])[] = [
  columnsGone,
  columnsNew,
  columnTypes,
  columnRules,
  collations,
  keys,
  constraints,
  wholeTable,
];

/**
 * What a change means for the application that is deployed before or after it, by what the definitions differ in. What
 * the application really does nobody has looked at: `no` is what fails if it uses what is changed. Pure.
 */
export function compatibility(facts: ChangeFacts): Compatibility {
  const change = changeOf(facts);
  const findings = rules.flatMap((rule) => rule(change));
  return {
    previousOnNew: verdict(findings, 'previous'),
    newOnPrevious: verdict(findings, 'next'),
    steps: stepsOf(findings, change),
  };
}

const worst = ['no', 'maybe', 'yes'] as const satisfies Verdict['works'][];

/** The worst first. */
function verdict(findings: readonly Finding[], side: 'previous' | 'next'): Verdict {
  const effects = findings.flatMap(({ id, [side]: effect }) => (effect ? [{ id, ...effect }] : []));
  const sorted = worst.flatMap((works) => effects.filter((effect) => effect.works === works));
  return { works: sorted[0]?.works ?? 'yes', reasons: sorted.map(({ id, text }) => ({ id, text })) };
}
