import { counted } from '../human.js';
import type { Plan, PlannedServer } from '../plan.js';
import { nextRows } from './next.js';
import { statementView } from './statement-view.js';
import { alarmsOf, type Line, rowOf, type StatementView, type View } from './view.js';

/** What a plan says, worded once for text, Markdown and HTML. */
export function planView(plan: Plan): View {
  const many = plan.statements.length > 1;
  const statements = plan.statements.map((statement, i) =>
    statementView(statement, many ? i + 1 : undefined),
  );
  return {
    heading: `Plan ${plan.id} for ${serverText(plan.server)}`,
    verdict: verdictOf(plan, statements),
    alarms: alarmsOf(statements, ['Refused', 'Danger', 'Accepted']),
    review: rowOf('Review', ...(plan.review.required ? reviewLines(plan) : [])),
    statements,
    wordLabel: 'Way',
    offers: [
      ...rowOf('Unforeseen', ...(plan.script?.unforeseen ?? []).map(({ text }) => text)),
      ...(plan.offers ?? []).flatMap(({ text, sql }) => [
        ...rowOf('Offer', text),
        { label: '', lines: [{ text: sql }], code: true as const },
      ]),
    ],
    next: nextRows(plan),
  };
}

function serverText({ flavor, version, host, replicas, ghOst }: PlannedServer): string {
  const following = replicas === undefined ? 'replicas not known' : counted(replicas, 'replica');
  const engine = ghOst ? `, gh-ost ${ghOst.version}` : '';
  return `${flavor} ${version} on ${host}, ${following}${engine}`;
}

function verdictOf({ statements, review }: Plan, views: readonly StatementView[]): Line {
  const refused = statements.filter(({ strategy }) => strategy === 'refuse').length;
  if (refused > 0) {
    const text =
      statements.length === 1
        ? ''
        : `: ${refused} of ${counted(statements.length, 'statement')}; none is run`;
    return { lead: 'Refused', tone: 'bad', text };
  }
  if (views.some(({ alarms }) => alarms.some(({ label }) => label === 'Danger'))) {
    return { lead: 'Dangerous', tone: 'bad', text: '' };
  }
  if (review.required) return { lead: 'Needs a review', tone: 'caution', text: ' before it is run' };
  if (statements.every(({ strategy }) => strategy === 'nothing'))
    return { lead: 'Nothing to do', tone: 'good', text: '' };
  return { lead: 'Ready to run', tone: 'good', text: '' };
}

/** Dangers that were accepted are among the alarms. */
function reviewLines({ review }: Plan): Line[] {
  const [first, ...rest] = review.reasons.filter(({ id }) => id !== 'accepted-danger');
  const why = first ? `: ${first.text}` : ': a danger was accepted';
  return [{ lead: 'required', tone: 'caution', text: why }, ...rest.map(({ text }) => ({ text }))];
}
