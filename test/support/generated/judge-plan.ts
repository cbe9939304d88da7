import type { Plan } from '../../../lib/documents/plan.js';
import { exitCodes } from '../../../lib/exit-code.js';
import { Fault } from '../../../lib/fault.js';
import { planAsHtml, planAsMarkdown, planAsText } from '../../fixtures/reports.js';
import { schemaErrors } from '../../fixtures/schemas.js';

/** What is wrong with a plan, or with a refusal to make one; nothing where all is well. */
export interface Problem {
  /** The same for all that have the same cause, as far as it can be told. */
  kind: string;
  detail: string;
}

const isId = (id: string) => /^[a-z]+(?:-[a-z0-9]+)*$/.test(id);

export function judgeError(error: unknown): Problem[] {
  if (!(error instanceof Fault)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [{ kind: `crash: ${text.split('\n')[0]?.slice(0, 60)}`, detail: text }];
  }
  const { id, exitCode, message, next = '' } = error;
  const helps = isId(id) && exitCode !== exitCodes.bug && message !== '' && next !== '';
  const detail = JSON.stringify({ id, exitCode, message, next });
  const problems = helps ? [] : [{ kind: `no help: ${id}`, detail }];
  // No statement is to blame for these.
  const isOurs = ['probe-failed', 'connection-lost', 'privileges'].includes(id);
  return isOurs ? [...problems, { kind: id, detail }] : problems;
}

export function judgePlan(plan: Plan): Problem[] {
  const problems: Problem[] = [];
  const add = (kind: string, detail: unknown) => problems.push({ kind, detail: JSON.stringify(detail) });
  const errors = schemaErrors('plan', plan);
  if (errors !== undefined) add(`schema: ${errors.split(',')[0]}`, errors);
  for (const { strategy, reasons, refusal, checks, sql } of plan.statements) {
    const [first] = reasons;
    if (first === undefined || !isId(first.id) || first.text === '')
      add(`${strategy} without a reason`, { sql, reasons });
    if (strategy === 'refuse' && !refusal?.next)
      add(`refusal without help: ${first?.id}`, { sql, reasons, refusal });
    if (refusal?.exitCode === exitCodes.bug) add(`refusal as a bug: ${first?.id}`, { sql, reasons });
    for (const check of checks) if (!isId(check.id) || check.text === '') add(`check ${check.id}`, check);
  }
  const texts = [40, 80, 200].map((columns) => planAsText(plan, { color: columns === 80, columns }));
  texts.push(planAsMarkdown(plan), planAsHtml(plan));
  const odd = texts.find((text) => text.trim() === '' || /\bundefined\b|\bNaN\b|\[object /.test(text));
  if (odd !== undefined) add('text', odd);
  return problems;
}
