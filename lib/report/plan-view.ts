import type { Plan, PlannedServer, PlannedStatement } from '../documents/plan.js';
import { counted } from '../text/human.js';
import { subjectOf } from '../text/labels.js';
import { statementView } from './statement-view.js';
import { alarmsOf, type Line, type Row, rowOf, type StatementView, type View } from './view.js';

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

/** How to go on. */
function nextRows({ id, statements, review, script, reverts }: Plan): Row[] {
  const refused = statements.flatMap((statement, i) => {
    if (statement.strategy !== 'refuse') return [];
    const next = nextOf(statement);
    return [statements.length === 1 ? next : `${i + 1}. ${subjectOf(statement)}: ${next}`];
  });
  if (refused.length > 0) return rowOf('Next', ...refused);
  if (statements.every(({ strategy }) => strategy === 'nothing')) {
    if (statements.length === 0) {
      const what = script?.unforeseen.length === 0 ? 'the script changes nothing' : 'of what could be seen';
      return rowOf('Next', `nothing to do: ${what}`);
    }
    const what = statements.length === 1 ? 'the change is' : 'all of it is';
    return rowOf('Next', `nothing to do: ${what} in place`);
  }
  if (reverts !== undefined) {
    const command = `alterwise revert ${reverts.slice(0, 8)}`;
    if (!review.required) return rowOf('Next', `\`${command}\` takes it back`);
    return rowOf('Next', `after the review, \`${command} --approve ${id}\` runs exactly this plan`);
  }
  if (script !== undefined) return rowOf('Next', ofScript(id, review.required));
  const same = statements.length === 1 ? 'the same statement' : 'the same statements';
  if (!review.required) return rowOf('Next', `\`alterwise run\` with ${same} makes the change`);
  return rowOf(
    'Next',
    `after the review, \`alterwise run --plan plan.json\` runs exactly this plan (\`alterwise plan --format json --out plan.json\` keeps it), or \`alterwise run --approve ${id}\` with ${same}`,
  );
}

function ofScript(id: string, needsReview: boolean): string {
  if (!needsReview) return '`alterwise run --` with the same command runs the script and makes the changes';
  return `after the review, \`alterwise run --plan plan.json --\` with the same command, if it still sends exactly this (\`--format json --out plan.json\` keeps the plan), or \`alterwise run --approve ${id} --\``;
}

/** What mends a danger stands beside it, and need not be said twice. */
function nextOf({ refusal, checks }: PlannedStatement): string {
  const next = refusal?.next ?? 'see the checks';
  return checks.some(({ fix }) => fix === next) ? 'mend it as it says above, and plan again' : next;
}
