import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { RunResult } from '../../lib/documents/result.js';
import { exitCodes } from '../../lib/exit-code.js';
import type { Outcome } from './measured.js';
import type { Stage } from './stage.js';

/** Where no config file of a user's lies. */
const here = dirname(fileURLToPath(import.meta.url));
/** Longer than it ever takes to put everything back. */
const stopLimitMs = 60_000;

/** Runs alterwise as a user would: a plan that wants a review is read first, and then approved by its id. */
export async function runAlterwise(
  stage: Stage,
  sql: string,
  flags: readonly string[] = [],
): Promise<Outcome> {
  const answer = await alterwise(stage, sql, flags);
  if (answer.exitCode !== exitCodes.reviewRequired || answer.plan === undefined) return outcomeOf(answer);
  stage.screen.say(`\n  Its plan wants a review: exit code 3. Somebody reads it, and approves it.`);
  return outcomeOf(await alterwise(stage, sql, [...flags, `--approve=${answer.plan}`]));
}

/** The result; where it could not even plan, an error in its place. */
type Answer = Partial<RunResult> & { error?: { text: string } };

/**
 * With its progress on the same terminal. Its settings come by environment, the password among them, which must not be
 * among the arguments.
 */
async function alterwise(stage: Stage, sql: string, flags: readonly string[]): Promise<Answer> {
  const { screen, signal } = stage;
  screen.say(`  $ alterwise run ${[...flags, `"${sql}"`].join(' ')}\n`);
  const [program, ...args] = [...command(), 'run', ...flags, '--format=json', sql];
  const child = execa(program, args, {
    cwd: here,
    env: environment(stage),
    extendEnv: false,
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C reaches all processes of a group: it is for us to pass on, once.
    detached: true,
    cancelSignal: signal,
    killSignal: 'SIGINT',
    forceKillAfterDelay: stopLimitMs,
    reject: false,
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  try {
    const { stdout, exitCode } = await child;
    signal.throwIfAborted();
    const answer = JSON.parse(stdout || '{}') as Answer;
    return exitCode === undefined || answer.exitCode !== undefined
      ? answer
      : { ...answer, error: { text: `exit code ${exitCode}: ${answer.error?.text ?? stdout}` } };
  } finally {
    process.off('exit', killWithUs);
  }
}

/** This very alterwise, from its sources, as the demo itself. */
function command(): [string, ...string[]] {
  const bin = fileURLToPath(new URL('../../bin/alterwise.ts', import.meta.url));
  return [process.execPath, `--import=${import.meta.resolve('tsx')}`, bin];
}

/** What the user of this machine has set for other servers is not for this one. */
function environment({ server, ghost, stateDir }: Stage): Record<string, string> {
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || /^(ALTERWISE_(?!CACHE)|DATABASE_URL$|GH_OST$|NODE_OPTIONS$|TAP)/.test(name)
      ? []
      : [[name, value]],
  );
  return {
    ...Object.fromEntries(own),
    ALTERWISE_HOST: server.host,
    ALTERWISE_PORT: String(server.port),
    ALTERWISE_USER: server.user,
    ALTERWISE_PASSWORD: server.password,
    ALTERWISE_DEFAULTS_FILE: join(here, 'my.cnf'),
    ALTERWISE_STATE_DIR: stateDir,
    GH_OST: ghost.path,
  };
}

function outcomeOf({ exitCode, error, statements = [] }: Answer): Outcome {
  const [statement] = statements;
  if (statement === undefined) {
    return { strategy: 'alterwise', failed: error?.text ?? `exit code ${exitCode ?? 'unknown'}` };
  }
  const { strategy, oldTable, reason } = statement;
  return {
    strategy: `alterwise: ${strategy}`,
    ...(oldTable !== undefined && { oldTable }),
    ...(exitCode !== 0 && { failed: `exit code ${exitCode}: ${reason.text}` }),
  };
}
