import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../lib/util/child-process.js';
import { installOnce } from '../../lib/util/install-once.js';
import { withoutNpm } from '../support/without-npm.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const limitSeconds = 240;

interface Example {
  /** Of its folder in `examples/`. */
  name: string;
  /** Direct dependencies, by name. */
  dependencies: string[];
}

/**
 * Installs the tools of `examples/` from their lock files into alterwise's cache, once for each lock file, and links
 * them to where they are used: `examples/<name>/node_modules`, with this alterwise beside them, and
 * `test/examples/in-process/node_modules`.
 * @throws {CommandError} if a tool is not in the cache and npm cannot download it
 */
export async function installExamples(signal?: AbortSignal): Promise<void> {
  const inProcess = join(root, 'test/examples/in-process/node_modules');
  const install = async (example: Example): Promise<void> => {
    const installed = join(await toCache(example, signal), 'node_modules');
    const own = modulesOf(example.name);
    await link(root, join(own, 'alterwise'));
    await link(join(installed, '.bin'), join(own, '.bin'));
    for (const name of example.dependencies) {
      await link(join(installed, name), join(own, name));
      // There alterwise's own mysql2 is used, and its types.
      if (name !== 'mysql2') await link(join(installed, name), join(inProcess, name));
    }
  };
  const results = await Promise.allSettled((await listExamples()).map(install));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Where the tools of an example are found, once they are installed. A test file that imports this gets them. */
export function modulesOf(name: string): string {
  return join(root, 'examples', name, 'node_modules');
}

async function listExamples(): Promise<Example[]> {
  const names = (await readdir(join(root, 'examples'))).sort();
  return Promise.all(
    names
      .filter((name) => existsSync(lockOf(name)))
      .map(async (name) => {
        const { dependencies } = JSON.parse(
          await readFile(join(root, 'examples', name, 'package.json'), 'utf8'),
        );
        return { name, dependencies: Object.keys(dependencies) };
      }),
  );
}

async function toCache({ name }: Example, signal?: AbortSignal): Promise<string> {
  const lock = await readFile(lockOf(name));
  const hash = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  return installOnce(
    `examples/${name}-${hash}`,
    async (into) => {
      await writeFile(join(into, 'package-lock.json'), lock);
      await copyFile(join(root, 'examples', name, 'package.json'), join(into, 'package.json'));
      const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1'];
      await runCommand('npm', args, { limitSeconds, signal, cwd: into, env: withoutNpm() });
    },
    { signal },
  );
}

function lockOf(name: string): string {
  return join(root, 'examples', name, 'package-lock.json');
}

/** Replaces an older link, in one step, for test runs side by side. What somebody installed there by hand stays. */
async function link(target: string, path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there !== undefined && !there.isSymbolicLink()) return;
  await mkdir(dirname(path), { recursive: true });
  const aside = `${path}.${process.pid}`;
  await rm(aside, { force: true });
  await symlink(target, aside);
  await rename(aside, path);
}
