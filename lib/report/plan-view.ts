import type { Plan, PlannedServer, PlannedStatement } from '../documents/plan.js';
import { counted } from '../text/human.js';
import { subjectOf } from '../text/labels.js';
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
    alarms: [
      ...alarmsOf(statements, ['Refused', 'Danger', 'Accepted']),
      ...rowOf('Review', ...reviewLines(plan)),
    ],
    statements,
    wordLabel: 'Method',
    suggestions: [
      ...rowOf('Unknown', ...(plan.script?.unforeseen ?? []).map(({ text }) => text)),
      ...(plan.offers ?? []).flatMap(({ text, sql }) => [
        ...rowOf('Suggestion', text),
        { label: '', lines: [{ text: sql }], code: true as const },
      ]),
    ],
    next: rowOf('Next', ...nextLines(plan)),
  };
}

function serverText({ flavor, version, host, replicas, ghOst }: PlannedServer): string {
  const following =
    replicas === undefined
      ? 'replicas unknown'
      : replicas === 0
        ? 'no replicas'
        : counted(replicas, 'replica');
  return `${flavor} ${version} on ${host}, ${following}${ghOst ? `, gh-ost ${ghOst.version}` : ''}`;
}

function verdictOf({ statements, review }: Plan, views: readonly StatementView[]): Line {
  const refused = statements.filter(({ strategy }) => strategy === 'refuse').length;
  if (refused > 0) {
    const all = counted(statements.length, 'statement');
    return {
      lead: 'Refused',
      tone: 'bad',
      text: statements.length === 1 ? '' : `: ${refused} of ${all}; none will run`,
    };
  }
  if (views.some(({ alarms }) => alarms.some(({ label }) => label === 'Danger'))) {
    return { lead: 'Dangerous', tone: 'bad', text: '' };
  }
  if (review.required) return { lead: 'Review required', tone: 'caution', text: '' };
  const isDone = statements.every(({ strategy }) => strategy === 'nothing');
  return { lead: isDone ? 'Nothing to do' : 'Ready to run', tone: 'good', text: '' };
}

/** Accepted dangers are among the alarms already. */
function reviewLines({ review }: Plan): Line[] {
  if (!review.required) return [];
  const [first, ...rest] = review.reasons.filter(({ id }) => id !== 'accepted-danger');
  const why = first?.text ?? 'a danger was accepted';
  return [{ lead: 'required', tone: 'caution', text: `: ${why}` }, ...rest.map(({ text }) => ({ text }))];
}

function nextLines({ id, statements, review, script, reverts }: Plan): string[] {
  const refused = statements.flatMap((statement, i) => {
    if (statement.strategy !== 'refuse') return [];
    const next = nextOf(statement);
    return [statements.length === 1 ? next : `${i + 1}. ${subjectOf(statement)}: ${next}`];
  });
  if (refused.length > 0) return refused;
  if (statements.length === 0) {
    return [
      `nothing to do${script?.unforeseen.length === 0 ? ': the script changes nothing' : ', as far as is known'}`,
    ];
  }
  if (statements.every(({ strategy }) => strategy === 'nothing')) {
    return [
      `nothing to do: ${statements.length === 1 ? 'the change is' : 'all changes are'} already in place`,
    ];
  }
  if (reverts !== undefined) {
    const command = `alterwise revert ${reverts.slice(0, 8)}`;
    if (!review.required) return [`to revert, run \`${command}\``];
    return [`after the review, run exactly this plan: \`${command} --approve ${id}\``];
  }
  const [separator, what] =
    script === undefined
      ? ['', statements.length === 1 ? 'the same statement' : 'the same statements']
      : [' --', 'the same command'];
  if (!review.required) return [`to make the change, run \`alterwise run${separator}\` with ${what}`];
  const command = script === undefined ? '' : ` with ${what}`;
  return [
    `after the review, run \`alterwise run${separator}\` with ${what} and \`--approve ${id}\`, or save the plan (\`--format json --out plan.json\`) and run \`alterwise run --plan plan.json${separator}\`${command}`,
  ];
}

/** The fix of a danger stands beside it and is not repeated. */
function nextOf({ refusal, checks }: PlannedStatement): string {
  const next = refusal?.next ?? 'see the checks';
  return checks.some(({ fix }) => fix === next) ? 'fix it as described above, then plan again' : next;
}
