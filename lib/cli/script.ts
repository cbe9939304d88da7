import type { Plan } from '../documents/plan.js';
import { wrongUsage } from '../fault.js';
import { readPlanFile } from '../plan/approved.js';
import type { Request } from '../plan/request.js';
import { plan } from '../run/run.js';
import { type Recorded, recordScript } from '../scripts/record-script.js';
import { runPlannedScript } from '../scripts/run-planned-script.js';
import { environmentName, namesFrom } from '../settings/options.js';
import type { Invocation } from './command.js';
import type { Io } from './io.js';
import type { ReadStatements } from './sources.js';

/** The change that the script behind `--` makes; what it sends is known once it has been recorded. */
export function ofScript(
  { script: command = [], flags }: Invocation,
  { cwd, env }: Io,
  request: Request,
  bookkeeping: readonly string[],
) {
  const script = { command, cwd, env: { ...env, ...asEnvironment(flags) } };
  const planned = async (): Promise<{ made: Plan; recorded: Recorded }> => {
    const text = 'Running the script on a scratch copy of the schema, without rows';
    request.emit({ type: 'phase', phase: 'inspect', table: 'the script', text });
    const recorded = await recordScript(script, request.settings, bookkeeping, request.signal);
    const { statements, unforeseen, isPending } = recorded;
    const made = await plan({ ...request, statements });
    const seen = { unforeseen, ...(isPending && { pending: true as const }) };
    return { made: { ...made, script: seen }, recorded };
  };
  return {
    plan: async () => (await planned()).made,
    run: async () => {
      const { made, recorded } = await planned();
      const { statements, texts } = recorded;
      return await runPlannedScript(script, made, texts, { ...request, statements });
    },
  };
}

/** @throws {Fault} `usage` (exit 2) if there are statements beside a script, which brings its own */
export const noneYet: ReadStatements = async (positionals, { file, table, alter, resume }, { review }) => {
  if (positionals.length > 0 || [file, table, alter, resume].some((value) => value !== undefined)) {
    throw wrongUsage(
      'Expected either statements or a script after --, got both.',
      'alterwise plan -- npx knex migrate:latest',
    );
  }
  return { statements: [], ...(review.plan && { approved: await readPlanFile(review.plan) }) };
};

/** Flags apply to the adapter in the script as well. */
function asEnvironment(flags: Invocation['flags']): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const name of namesFrom('environment')) {
    const value = flags[name];
    if (value !== undefined) env[environmentName(name)] = [value].flat().join(' ');
  }
  return env;
}
