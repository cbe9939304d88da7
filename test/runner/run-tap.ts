import { execa } from 'execa';
import { printGroup, type TestResult } from './report.js';
import { tapResults } from './tap-results.js';

const limitMs = 75 * 60_000;

/** Runs these test files through tap, prints each as it ends, and returns all their tests. */
export async function runTap(
  files: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<TestResult[]> {
  const tests: TestResult[] = [];
  const parser = tapResults((result) => {
    tests.push(...result.tests);
    printGroup(result.file, result.tests, result.ms);
  });
  const tap = execa('tap', ['--reporter=tap', ...files], {
    preferLocal: true,
    env,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
    buffer: false,
    reject: false,
    cancelSignal: signal,
    timeout: limitMs,
    forceKillAfterDelay: 10_000,
  });
  await new Promise<void>((resolve) => {
    parser.once('complete', () => resolve());
    tap.stdout.pipe(parser);
  });
  const { failed, shortMessage } = await tap;
  // tap may fail by itself: an unknown option, a plugin that is missing, a bail-out.
  if (failed && !tests.some(({ outcome }) => outcome === 'failed')) {
    tests.push({ name: 'tap', outcome: 'failed', said: shortMessage ?? '' });
    printGroup('tap', tests.slice(-1));
  }
  return tests;
}
