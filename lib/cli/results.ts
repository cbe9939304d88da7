import type { Plan } from '../documents/plan.js';
import type { RunResult } from '../documents/result.js';
import { exitCodes } from '../exit-code.js';
import type { Session } from './session.js';

/** Plans and writes the plan. The exit code is that of the first statement that would be refused. */
export async function planSession({ request, write }: Session): Promise<number> {
  const { plan } = await import('../run/run.js');
  return writePlan(await plan(request), write);
}

export async function writePlan(planned: Plan, write: Session['write']): Promise<number> {
  const { planAsText } = await import('../report/text.js');
  const { planAsMarkdown } = await import('../report/markdown.js');
  const { planAsHtml } = await import('../report/html.js');
  await write(planned, (style) => planAsText(planned, style), {
    markdown: () => planAsMarkdown(planned),
    html: () => planAsHtml(planned),
  });
  return refusalOf(planned);
}

export function refusalOf({ statements }: Plan): number {
  const refused = statements.find(({ strategy }) => strategy === 'refuse');
  return refused ? (refused.refusal?.exitCode ?? exitCodes.refused) : exitCodes.done;
}

/** Runs, and writes the result. */
export async function runSession({ request, write }: Session): Promise<number> {
  const { run } = await import('../run/run.js');
  return writeRunResult(await run(request), write);
}

export async function writeRunResult(result: RunResult, write: Session['write']): Promise<number> {
  const { resultAsText } = await import('../report/text.js');
  const { resultAsMarkdown } = await import('../report/markdown.js');
  const { resultAsHtml } = await import('../report/html.js');
  await write(result, (style) => resultAsText(result, style), {
    markdown: () => resultAsMarkdown(result),
    html: () => resultAsHtml(result),
  });
  return result.exitCode;
}
