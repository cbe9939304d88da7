import type { Plan } from '../documents/plan.js';
import { exitCodes } from '../exit-code.js';
import type { Recorded, Script } from '../scripts/record-script.js';
import { environmentName, namesFrom } from '../settings/options.js';
import type { Invocation } from './command.js';
import type { Io } from './io.js';
import type { Session } from './session.js';
import type { Asked, ReadStatements } from './statements.js';

/** `plan -- COMMAND`: the plan of what a script would send. */
export async function planOfScript(
  invocation: Invocation,
  command: readonly string[],
  io: Io,
): Promise<number> {
  const { writePlan } = await import('./results.js');
  const { scriptFailure } = await import('../scripts/run-script.js');
  return await withScript(invocation, command, io, async (script, { request, write, bookkeeping }) => {
    const { made } = await planned(script, request, bookkeeping);
    const exitCode = await writePlan(made, write);
    return exitCode === 0 && scriptFailure(made) !== undefined ? exitCodes.refused : exitCode;
  });
}

/** `run -- COMMAND`: the same for real, after the review. */
export async function runOfScript(
  invocation: Invocation,
  command: readonly string[],
  io: Io,
): Promise<number> {
  if (invocation.flags['dry-run'] === true) return planOfScript(invocation, command, io);
  const { writeRunResult } = await import('./results.js');
  return await withScript(invocation, command, io, async (script, { request, write, bookkeeping }) => {
    const { runPlannedScript } = await import('../scripts/run-planned-script.js');
    const { made, recorded } = await planned(script, request, bookkeeping);
    const { statements, texts } = recorded;
    return writeRunResult(await runPlannedScript(script, made, texts, { ...request, statements }), write);
  });
}

/** A session whose statements are known once the script has been recorded. */
export async function withScript(
  invocation: Invocation,
  command: readonly string[],
  io: Io,
  work: (script: Script, session: Session) => Promise<number>,
): Promise<number> {
  const { withSession } = await import('./session.js');
  const script = { command, cwd: io.cwd, env: { ...io.env, ...asEnvironment(invocation.flags) } };
  return await withSession(invocation, io, (session) => work(script, session), noneYet);
}

const noneYet: ReadStatements = async (positionals, values, _, io): Promise<Asked> => {
  const { refuseSources } = await import('./statements.js');
  refuseSources(positionals, values);
  if (values.plan === undefined) return { statements: [] };
  const { resolve } = await import('node:path');
  const { readPlanFile } = await import('../plan/approved.js');
  return { statements: [], approved: await readPlanFile(resolve(io.cwd, values.plan)) };
};

export async function planned(
  script: Script,
  request: Session['request'],
  bookkeeping: readonly string[],
): Promise<{ made: Plan; recorded: Recorded }> {
  const { recordScript } = await import('../scripts/record-script.js');
  const { plan } = await import('../run/run.js');
  const text = 'Running the script on a scratch copy of the schema, without rows';
  request.emit({ type: 'phase', phase: 'inspect', table: 'the script', text });
  const recorded = await recordScript(script, request.settings, bookkeeping, request.signal);
  const made = await plan({ ...request, statements: recorded.statements });
  const { unforeseen, isPending } = recorded;
  const seen = { unforeseen, ...(isPending && { pending: true as const }) };
  return { made: { ...made, script: seen }, recorded };
}

/** Flags apply to the adapter in the script as well. */
function asEnvironment(flags: Invocation['flags']): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const name of namesFrom('environment')) {
    const value = flags[name];
    if (value !== undefined) env[environmentName(name)] = [value].flat().join(' ');
  }
  return env;
}
