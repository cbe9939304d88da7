import type { ChangeFacts } from '../checks/shared/facts.js';
import type { Compatibility, Verdict } from '../documents/plan.js';
import { engineOf } from '../table/definition.js';
import { type Change, changeOf } from './change.js';
import { collations, columnChanges } from './column-changes.js';
import { columnsGone, columnsNew } from './columns.js';
import { type Finding, finding, maybe, stepsOf } from './finding.js';
import { constraints, keys } from './keys.js';

const rules: readonly ((change: Change) => Finding[])[] = [
  columnsGone,
  columnsNew,
  columnChanges,
  collations,
  keys,
  constraints,
  wholeTable,
];

/**
 * What a change means for the application that is deployed before or after it, by what the definitions differ in. What
 * the application really does is unknown: `no` is what fails if it uses what is changed. Pure.
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

function wholeTable({ rowsGone, before, after }: Change): Finding[] {
  const [was, is] = [engineOf(before.definition), engineOf(after.definition)];
  const effect = (engine = '') =>
    maybe(`The storage engine is ${engine}: transactions, locks and foreign keys may behave differently.`);
  return [
    ...(rowsGone
      ? [finding('rows-gone', { previous: maybe('Queries do not find the rows that the change deletes.') })]
      : []),
    ...(was !== is && was !== undefined && is !== undefined
      ? [finding('engine-changed', { previous: effect(is), next: effect(was) })]
      : []),
  ];
}

const worst = ['no', 'maybe', 'yes'] as const satisfies Verdict['works'][];

/** The worst first. */
function verdict(findings: readonly Finding[], side: 'previous' | 'next'): Verdict {
  const effects = findings.flatMap(({ id, [side]: effect }) => (effect ? [{ id, ...effect }] : []));
  const sorted = worst.flatMap((works) => effects.filter((effect) => effect.works === works));
  return { works: sorted[0]?.works ?? 'yes', reasons: sorted.map(({ id, text }) => ({ id, text })) };
}
