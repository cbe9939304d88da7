import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { CommandError } from '../../lib/util/child-process.js';
import { installExamples } from '../examples/install.js';
import { check } from './checks.js';
import { runOnOtherNodes } from './node-versions.js';
import { prepareTap } from './prepare-tap.js';
import { printGroup, printSlowest, printSummary, type TestResult } from './report.js';
import { runTap, type TapRun } from './run-tap.js';
import {
  exampleFiles,
  filesWithoutServers,
  inOneProcess,
  needBuild,
  needServers,
  selectFiles,
} from './select-files.js';
import { type StartedServers, startTestServers, type TestServers } from './test-servers.js';

/**
 * Runs everything, or the files that are named; returns the exit code. Types, lint and floors are checked while
 * the servers start and the first tests run. The servers are stopped whatever happens. The count is the last line,
 * even of a run that was stopped.
 */
export async function testRun(paths: readonly string[], signal: AbortSignal): Promise<number> {
  const files = await selectFiles(paths.length === 0 ? ['test'] : paths);
  const starting = serversFor(files, signal);
  // Whoever waits for it later learns why it failed; until then it must not be an unhandled rejection.
  starting.catch(() => {});
  // Records of runs are not for the home of whoever tests.
  const state = mkdtempSync(join(tmpdir(), 'alterwise-test-state-'));
  const tests: TestResult[] = [];
  const add = (title: string, more: readonly TestResult[]) => {
    tests.push(...more);
    if (more.length > 0) printGroup(title, more);
  };
  try {
    // Beside the tests: these mostly wait for servers.
    const checking = paths.length === 0 ? checkHouse(signal, add) : undefined;
    // Once for all: a test that built it would take it away from those that run beside.
    if (await needBuild(files))
      add('build', [await check('build', ['tsc', '-p', 'tsconfig.build.json'], signal)]);
    await prepareTap(signal);
    add('gh-ost', [await ghostInstalls(signal)]);
    const timed: TapRun['files'] = [];
    const run = async (running: Promise<TapRun>) => {
      const { tests: more, files: times } = await running;
      tests.push(...more);
      timed.push(...times);
    };
    const first = await filesWithoutServers(files);
    // These need no server, so they run while the servers start.
    if (paths.length === 0) {
      const { paths: units, env, others } = inOneProcess(first);
      await run(runTap([...units, ...others], { ALTERWISE_TEST_STATE: state, ...env }, signal));
    } else if (first.length > 0) await run(runTap(first, { ALTERWISE_TEST_STATE: state }, signal));
    const withoutTools = await skippedWithoutTools(files, signal);
    add('examples', withoutTools);
    const servers = await starting;
    add('servers', inexcusable(servers));
    const addresses = JSON.stringify(servers.addresses);
    const env = { ALTERWISE_TEST_SERVERS: addresses, ALTERWISE_TEST_STATE: state };
    const done = new Set([...first, ...withoutTools.map(({ name }) => name)]);
    const rest = files.filter((file) => !done.has(file));
    // Beside the others, which mostly wait.
    const elsewhere = paths.length === 0 ? run(runOnOtherNodes(files, env, signal)) : undefined;
    if (rest.length > 0) await run(runTap(rest, env, signal));
    await elsewhere;
    await checking;
    signal.throwIfAborted();
    if (paths.length === 0) printSlowest(timed);
  } catch (error) {
    add('the run', [{ name: 'the run', outcome: 'failed', said: text(error) }]);
  } finally {
    rmSync(state, { recursive: true, force: true });
    await starting.then(
      (servers) => servers.stop(),
      () => {},
    );
  }
  printSummary(tests);
  return tests.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

/** Lint, types and floors. Does not reject: what is wrong is a result. */
async function checkHouse(
  signal: AbortSignal,
  add: (title: string, tests: readonly TestResult[]) => void,
): Promise<void> {
  add('lint', [await check('lint', ['biome', 'check', '--error-on-warnings', '.'], signal)]);
  add('types', [await check('types', ['tsc', '--noEmit'], signal)]);
  const cruise = ['depcruise', '--config', '.dependency-cruiser.cjs', 'lib', 'bin'];
  add('floors', [await check('floors', cruise, signal)]);
}

async function serversFor(files: readonly string[], signal: AbortSignal): Promise<StartedServers> {
  const given = process.env.ALTERWISE_TEST_SERVERS;
  const none = { addresses: {}, broken: [], stop: async () => {} };
  if (given) return { ...none, addresses: JSON.parse(given) as TestServers };
  return (await needServers(files)) ? startTestServers(signal) : none;
}

async function ghostInstalls(signal: AbortSignal): Promise<TestResult> {
  const name = 'gh-ost can be installed';
  try {
    await installGhost({ onProgress: (text) => console.log(`# ${text}`), signal });
    return { name, outcome: 'passed' };
  } catch (error) {
    return { name, outcome: 'failed', said: text(error) };
  }
}

/** Installs the tools of the examples if any of these files need them; returns those that must be skipped. */
async function skippedWithoutTools(files: readonly string[], signal: AbortSignal): Promise<TestResult[]> {
  const needy = await exampleFiles(files);
  if (needy.length === 0) return [];
  try {
    await installExamples(signal);
    return [];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const said = `the tools of examples/ cannot be installed: ${error.message}`;
    return needy.map((name) => ({ name, outcome: 'skipped', said }));
  }
}

/**
 * A server that was installed and does not start is a failure. One that cannot be had is skipped by name, but
 * on Debian as root nothing excuses the lack of these two.
 */
function inexcusable({ addresses, broken }: StartedServers): TestResult[] {
  const isDebianRoot = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  const kinds = new Set([...broken, ...(isDebianRoot ? (['mysql-9.7', 'mariadb-10.11'] as const) : [])]);
  return [...kinds].flatMap((kind) => {
    const address = addresses[kind];
    if (address === undefined || !('missing' in address)) return [];
    return [{ name: `${kind} starts`, outcome: 'failed' as const, said: address.missing }];
  });
}

function text(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
