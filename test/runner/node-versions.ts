import { join } from 'node:path';
import { CommandError, runCommand } from '../../lib/util/child-process.js';
import { type InstallOptions, installOnce } from '../../lib/util/install-once.js';
import { withoutNpm } from '../support/without-npm.js';
import { runTap, type TapRun } from './run-tap.js';
import { filesWithoutServers, inOneProcess } from './select-files.js';

/** The newest of each release line that is supported beside the one that runs `npm test`. */
const versions = ['22.23.3', '24.21.0'];

/** Needs a server, and is run nevertheless: one migration by each engine. */
const migrations = 'test/node/migrations.test.ts';

/** Runs the tests that need no server, and one migration by each engine, on the other versions of Node. */
export async function runOnOtherNodes(
  files: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<TapRun> {
  const { paths, env: which } = inOneProcess(await filesWithoutServers(files));
  const all = [migrations, ...paths];
  const runs = await Promise.all(
    versions.map((version) => runOn(version, all, { ...env, ...which }, signal)),
  );
  return { tests: runs.flatMap(({ tests }) => tests), files: runs.flatMap(({ files }) => files) };
}

async function runOn(
  version: string,
  paths: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<TapRun> {
  const title = `Node ${version}`;
  try {
    const node = await installNode(version, { signal });
    return await runTap(paths, env, signal, { title, node });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const said = `${title} cannot be downloaded: ${error.message}`;
    return { tests: [{ name: title, outcome: 'skipped', said }], files: [] };
  }
}

/** From the package that npm's `node` downloads on this platform; that one is itself only an install script. */
async function installNode(version: string, options: InstallOptions): Promise<string> {
  const { platform, arch } = process;
  const name = `${platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node'}-${platform}-${arch}`;
  const folder = await installOnce(
    `node/${version}`,
    async (into) => {
      const args = ['install', '--prefix', into, '--no-audit', '--no-fund', '--fetch-retries=1'];
      const what = `${name}@${version}`;
      await runCommand('npm', [...args, what], {
        limitSeconds: 240,
        signal: options.signal,
        cwd: into,
        env: withoutNpm(),
      });
    },
    options,
  );
  return join(folder, 'node_modules', name, 'bin/node');
}
