import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The test files that are named, or are in a folder that is named, with or without `test/` before it. */
export async function selectFiles(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(testFilesIn));
  const files = [...new Set(found.flat())].sort();
  if (files.length === 0) throw new Error(`no test files in ${paths.join(', ')}`);
  return files;
}

/** Whether any of these files needs the servers that the runner starts. */
export async function needServers(files: readonly string[]): Promise<boolean> {
  return importsAny(files, /from '[./]+\/servers\.js'/);
}

/** Whether any of these files uses the built package, by whatever it imports. */
export async function needBuild(files: readonly string[]): Promise<boolean> {
  const reaches = reaching(/^test\/built\.ts$/);
  return files.some(reaches);
}

/** Those of these files that run the tools of `examples/`. */
export async function exampleFiles(files: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return files.filter(
    (file, i) =>
      file.startsWith('test/examples/') || /from '[./]+\/examples\/install\.js'/.test(texts[i] ?? ''),
  );
}

/** Those of these files that reach, by whatever they import, neither a server nor what has to be built or installed. */
export async function filesWithoutServers(files: readonly string[]): Promise<string[]> {
  const reaches = reaching(
    /^test\/(?:servers\.ts|built\.ts|sandbox\/|examples\/|pipelines\/|demo\/|faults\/|runner\/test-servers)/,
  );
  return files.filter((file) => !reaches(file));
}

/** What they test does not depend on Node: pages, the arrangement of files, the runner, gh-ost's binary, speed. */
const notOfNode = /^test\/(?:docs|house|runner|engines\/gh-ost\/binary)\/|^test\/sql\/generated/;

/**
 * Of files that need no server, those whose tests may run in one process, since a process for each takes longer than
 * its tests.
 * @returns what to run, with which environment; and the `others`
 */
export function inOneProcess(files: readonly string[]): {
  paths: string[];
  env: NodeJS.ProcessEnv;
  others: string[];
} {
  const units = files.filter((file) => !notOfNode.test(file));
  return {
    paths: ['test/node/units.ts'],
    env: { ALTERWISE_TEST_FILES: units.join('\n') },
    others: files.filter((file) => notOfNode.test(file)),
  };
}

/** Whether a file is one of these, or imports one, directly or not. */
function reaching(what: RegExp): (file: string) => boolean {
  const known = new Map<string, boolean>();
  const reaches = (file: string): boolean => {
    const before = known.get(file);
    if (before !== undefined) return before;
    known.set(file, false); // what imports each other is judged by the rest
    const found = what.test(file) || importsOf(file).some(reaches);
    known.set(file, found);
    return found;
  };
  return reaches;
}

/** What a test file imports from `test/`, except for types. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const paths = [...text.matchAll(/^(?:import|export)(?! type\b)[^;]*? from '(\.[^']*)\.js';/gms)];
  return paths
    .map(([, path = '']) => `${join(dirname(file), path)}.ts`)
    .filter((path) => path.startsWith('test/') && existsSync(path));
}

async function importsAny(files: readonly string[], what: RegExp): Promise<boolean> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts.some((text) => what.test(text));
}

async function testFilesIn(given: string): Promise<string[]> {
  const path = existsSync(given) ? given : join('test', given);
  if ((await stat(path)).isFile()) return [path];
  const names = await readdir(path, { recursive: true });
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => join(path, name));
}
