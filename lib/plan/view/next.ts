import type { Plan, PlannedStatement } from '../plan.js';
import { subjectOf } from '../subject.js';
import { type Row, rowOf } from './view.js';

/** How to go on. */
export function nextRows({ id, statements, review, script, reverts }: Plan): Row[] {
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
