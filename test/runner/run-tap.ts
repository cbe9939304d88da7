import { join } from 'node:path';
import { execa } from 'execa';
import { printGroup, type TestResult } from './report.js';
import { tapResults } from './tap-results.js';

const limitMs = 75 * 60_000;

export interface TapRun {
  tests: TestResult[];
  files: { file: string; ms: number }[];
}

export interface OtherNode {
  title: string;
  /** The program. */
  node: string;
}

/**
 * Runs these test files through tap, prints each as it ends, and returns all their tests and how long each file took. On another version of Node
 * only what fails is printed, and one line for all.
 */
export async function runTap(
  paths: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  other?: OtherNode,
): Promise<TapRun> {
  const start = performance.now();
  const tests: TestResult[] = [];
  const files: TapRun['files'] = [];
  const parser = tapResults((result) => {
    const found = result.tests.map((test) =>
      other ? { ...test, name: `${other.title}: ${test.name}` } : test,
    );
    tests.push(...found);
    files.push({ file: other ? `${other.title}: ${result.file}` : result.file, ms: result.ms });
    if (other === undefined) printGroup(result.file, found, result.ms);
  });
  const program = [...(other ? [other.node] : []), join('node_modules', '.bin', 'tap')];
  const [command = '', ...first] = program;
  const tap = execa(command, [...first, '--reporter=tap', ...paths], {
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
    if (other === undefined) printGroup('tap', tests.slice(-1));
  }
  if (other !== undefined) printGroup(other.title, tests, performance.now() - start);
  return { tests, files };
}
