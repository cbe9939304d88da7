import type { Plan, PlannedAlter, PlannedPlain } from '../../../lib/documents/plan.js';
import { alterSql } from '../../../lib/probe/trial.js';
import { quoteTable } from '../../../lib/sql/names.js';
import { readTableState } from '../../../lib/verify/definition.js';
import type { Problem } from './judge-plan.js';
import { runOnTwin, type Twin } from './twin.js';

/**
 * Does on the twin what the plan of a single statement says: `nothing` must change nothing, a class and a definition
 * that are promised must hold, and what is refused because the server would refuse it must be refused.
 */
export async function tryOnTwin(twin: Twin, { statements }: Plan): Promise<Problem[]> {
  const [planned, ...more] = statements;
  if (planned === undefined || more.length > 0) return [];
  return planned.kind === 'alter' ? tryAlter(twin, planned) : tryPlain(twin, planned);
}

const serverSays = ['server-rejects', 'syntax', 'conflict', 'partly-in-place'];

async function tryAlter(twin: Twin, planned: PlannedAlter): Promise<Problem[]> {
  const { strategy, reasons, clause, spec, checks } = planned;
  const name = { schema: twin.schema.name, name: planned.table.name };
  const bare = alterSql(quoteTable(name), undefined, spec);
  const why = reasons[0]?.id ?? '';
  if (strategy === 'refuse') {
    if (!serverSays.includes(why)) return [];
    const effect = await runOnTwin(twin, bare);
    return 'refused' in effect
      ? []
      : [{ kind: `refused, and the server takes it: ${why}`, detail: `${bare}: ${reasons[0]?.text}` }];
  }
  if (strategy === 'nothing') {
    // The same index under another name is not made twice.
    if (reasons.some(({ text }) => text.includes(' is there, as '))) return [];
    const effect = await runOnTwin(twin, bare);
    const isTrue = 'refused' in effect || effect.changed === '';
    return isTrue ? [] : [{ kind: 'false nothing', detail: `${bare}: ${effect.changed}` }];
  }
  if (clause === undefined) return [];
  const sql = alterSql(quoteTable(name), clause, spec);
  const problems: Problem[] = [];
  const effect = await runOnTwin(twin, sql, async () => {
    const verified = await readTableState(twin.session, { ...planned, table: name });
    if (verified.state === 'as-promised') return;
    problems.push({
      kind: `the definition is ${verified.state}`,
      detail: `${sql}\n${planned.promise.after}\n${JSON.stringify(verified)}`,
    });
  });
  const open = checks.some(({ level }) => level === 'unknown');
  if ('refused' in effect && !open) {
    const { errno, message } = effect.refused;
    problems.push({ kind: `planned, and refused: ${errno}`, detail: `${sql}: ${message}` });
  }
  return problems;
}

async function tryPlain(twin: Twin, { strategy, reasons, sql, verb }: PlannedPlain): Promise<Problem[]> {
  // What it sets would stay set.
  if (verb === 'SET') return [];
  const why = reasons[0]?.id ?? '';
  if (strategy === 'refuse' && !serverSays.includes(why)) return [];
  const effect = await runOnTwin(twin, sql);
  if (strategy === 'refuse') {
    return 'refused' in effect
      ? []
      : [
          {
            kind: `refused, and the server takes it: ${verb}, ${why}`,
            detail: `${sql}: ${reasons[0]?.text}`,
          },
        ];
  }
  if (strategy === 'nothing') {
    const isTrue = 'refused' in effect || effect.changed === '';
    return isTrue ? [] : [{ kind: `false nothing: ${verb}`, detail: `${sql}: ${effect.changed}` }];
  }
  // Values may be refused for what they are, and what is made from another table is not tried before.
  if (!('refused' in effect) || !/TABLE/.test(verb) || /\b(?:LIKE|SELECT)\b/i.test(sql)) return [];
  return [{ kind: `planned, and refused: ${verb}`, detail: `${sql}: ${effect.refused.message}` }];
}
