import { existsSync } from 'node:fs';
import { installGhost } from '../../lib/ghost/install.js';
import { check } from './checks.js';
import { printGroup, printSummary, type TestResult } from './report.js';
import { runTap } from './run-tap.js';
import { needServers, selectFiles } from './select-files.js';
import { type StartedServers, startTestServers, type TestServers } from './test-servers.js';

/**
 * Everything, or the files that are named. The servers start while types and lint are checked. Returns the exit
 * code; what was started is stopped, whatever happens.
 */
export async function testRun(paths: readonly string[], signal: AbortSignal): Promise<number> {
  const isWhole = paths.length === 0;
  const files = await selectFiles(isWhole ? ['test'] : paths);
  const starting = serversFor(files, signal);
  // Whoever waits for it below learns why it failed; until then it must not be an unhandled rejection.
  starting.catch(() => {});
  const tests: TestResult[] = [];
  const add = (title: string, more: readonly TestResult[]) => {
    tests.push(...more);
    printGroup(title, more);
  };
  try {
    if (isWhole) {
      add('types', [await check('types', ['tsc', '--noEmit'], signal)]);
      add('lint', [await check('lint', ['biome', 'check', '--error-on-warnings', '.'], signal)]);
    }
    await prepareTap(signal);
    add('gh-ost', [await ghostInstalls(signal)]);
    const { addresses } = await starting;
    const missing = mustHave(addresses);
    if (missing.length > 0) add('servers', missing);
    tests.push(...(await runTap(files, { ALTERWISE_TEST_SERVERS: JSON.stringify(addresses) }, signal)));
    if (signal.aborted) add('the run', [{ name: 'the run was stopped', outcome: 'failed' }]);
  } finally {
    await starting.then(
      (servers) => servers.stop(),
      () => {},
    );
  }
  printSummary(tests);
  return tests.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

async function serversFor(files: readonly string[], signal: AbortSignal): Promise<StartedServers> {
  const given = process.env.ALTERWISE_TEST_SERVERS;
  if (given) return { addresses: JSON.parse(given) as TestServers, stop: async () => {} };
  if (!(await needServers(files))) return { addresses: {}, stop: async () => {} };
  return startTestServers(signal);
}

/** Fills the .tap folder of a fresh clone, without which tap does not start: .taprc leaves out a plugin. */
async function prepareTap(signal: AbortSignal): Promise<void> {
  if (existsSync('.tap/plugins')) return;
  const { outcome, said } = await check('tap build', ['tap', 'build'], signal);
  if (outcome === 'failed') throw new Error(said);
}

async function ghostInstalls(signal: AbortSignal): Promise<TestResult> {
  const name = 'gh-ost can be installed';
  try {
    await installGhost({ onProgress: (text) => console.log(`# ${text}`), signal });
    return { name, outcome: 'passed' };
  } catch (error) {
    return { name, outcome: 'failed', said: error instanceof Error ? error.message : String(error) };
  }
}

/** On Debian as root nothing excuses the lack of these two; elsewhere their tests are skipped by name. */
function mustHave(addresses: TestServers): TestResult[] {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return [];
  return (['mysql-9.7', 'mariadb-10.11'] as const).flatMap((kind) => {
    const address = addresses[kind];
    if (address === undefined || !('missing' in address)) return [];
    return [{ name: `${kind} can be installed`, outcome: 'failed' as const, said: address.missing }];
  });
}
