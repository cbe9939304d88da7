import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

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

/** Whether any of these files needs the package to be built before: by itself, or to run an example. */
export async function needBuild(files: readonly string[]): Promise<boolean> {
  return importsAny(files, /from '[./]+\/(?:built|same-as-without|example|checkout)\.js'/);
}

/** Those of these files that run the tools of `examples/`. */
export async function exampleFiles(files: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return files.filter(
    (file, i) =>
      file.startsWith('test/examples/') || /from '[./]+\/examples\/install\.js'/.test(texts[i] ?? ''),
  );
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
