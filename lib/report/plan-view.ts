import type { Plan, PlannedServer, PlannedStatement } from '../documents/plan.js';
import { counted } from '../text/human.js';
import { statementView } from './statement-view.js';
import { alarmsOf, type Line, rowsOf, type StatementView, titleOf, type View } from './view.js';

/** What a plan says, worded once for text, Markdown and HTML. */
export function planView(plan: Plan): View {
  const { script, offers = [] } = plan;
  const many = plan.statements.length > 1;
  const statements = plan.statements.map((statement, i) =>
    statementView(statement, many ? i + 1 : undefined),
  );
  return {
    heading: `Plan ${plan.id} for ${serverText(plan.server)}`,
    verdict: verdictOf(plan, statements),
    alarms: [
      ...alarmsOf(statements, ['Refused', 'Danger', 'Accepted']),
      ...rowsOf({ Review: reviewLines(plan) }),
    ],
    statements,
    wordLabel: 'Method',
    suggestions: rowsOf({
      Unknown: script?.unforeseen.map(({ text }) => text),
      Suggestion: offers.flatMap(({ text, sql }) => [{ text }, { text: sql, code: true as const }]),
    }),
    next: rowsOf({ Next: nextLines(plan) }),
  };
}

function serverText({ flavor, version, host, replicas, ghOst }: PlannedServer): string {
  const known = replicas === 0 ? 'no replicas' : counted(replicas ?? 0, 'replica');
  const following = replicas === undefined ? 'replicas unknown' : known;
  return `${flavor} ${version} on ${host}, ${following}${ghOst ? `, gh-ost ${ghOst.version}` : ''}`;
}

function verdictOf({ statements, review }: Plan, views: readonly StatementView[]): Line {
  const refused = statements.filter(({ strategy }) => strategy === 'refuse').length;
  if (refused > 0) {
    const all = counted(statements.length, 'statement');
    const text = statements.length === 1 ? '' : `: ${refused} of ${all}; none will run`;
    return { lead: 'Refused', tone: 'bad', text };
  }
  if (views.some(({ alarms }) => alarms.some(({ label }) => label === 'Danger'))) {
    return { lead: 'Dangerous', tone: 'bad', text: '' };
  }
  if (review.required) return { lead: 'Review required', tone: 'caution', text: '' };
  const isDone = statements.every(({ strategy }) => strategy === 'nothing');
  return { lead: isDone ? 'Nothing to do' : 'Ready to run', tone: 'good', text: '' };
}

/** Accepted dangers are among the alarms already. */
function reviewLines({ review }: Plan): (Line | string)[] {
  if (!review.required) return [];
  const [first = 'a danger was accepted', ...rest] = review.reasons
    .filter(({ id }) => id !== 'accepted-danger')
    .map(({ text }) => text);
  return [{ lead: 'required', tone: 'caution', text: `: ${first}` }, ...rest];
}

function nextLines({ id, statements, review, script, reverts }: Plan): string[] {
  const isSingle = statements.length === 1;
  const refused = statements.flatMap((statement, i) => {
    if (statement.strategy !== 'refuse') return [];
    return isSingle ? nextOf(statement) : `${titleOf(statement, i + 1)}: ${nextOf(statement)}`;
  });
  if (refused.length > 0) return refused;
  if (statements.every(({ strategy }) => strategy === 'nothing')) return [nothingText(statements, script)];
  if (reverts !== undefined) {
    const command = `alterwise revert ${reverts.slice(0, 8)}`;
    if (!review.required) return [`to revert, run \`${command}\``];
    return [`after the review, run exactly this plan: \`${command} --approve ${id}\``];
  }
  const run = script === undefined ? 'alterwise run' : 'alterwise run --';
  const same = isSingle ? 'the same statement' : 'the same statements';
  const what = script === undefined ? same : 'the same command';
  if (!review.required) return [`to make the change, run \`${run}\` with ${what}`];
  const [file, command] =
    script === undefined
      ? ['alterwise run --plan plan.json', '']
      : ['alterwise run --plan plan.json --', ` with ${what}`];
  return [
    `after the review, run \`${run}\` with ${what} and \`--approve ${id}\`, or save the plan (\`--format json --out plan.json\`) and run \`${file}\`${command}`,
  ];
}

function nothingText({ length }: Plan['statements'], script: Plan['script']): string {
  if (length > 0)
    return `nothing to do: ${length === 1 ? 'the change is' : 'all changes are'} already in place`;
  const isSure = script?.unforeseen.length === 0;
  return `nothing to do${isSure ? ': the script changes nothing' : ', as far as is known'}`;
}

/** The fix of a danger stands beside it and is not repeated. */
function nextOf({ refusal, checks }: PlannedStatement): string {
  const next = refusal?.next ?? 'see the checks';
  return checks.some(({ fix }) => fix === next) ? 'fix it as described above, then plan again' : next;
}
