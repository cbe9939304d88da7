import { join } from 'node:path';
import { CommandError, runCommand } from '../../lib/util/child-process.js';
import { type InstallOptions, installOnce } from '../../lib/util/install-once.js';
import { withoutNpm } from '../support/without-npm.js';
import { runTap, type TapRun } from './run-tap.js';
import { filesWithoutServers } from './select-files.js';

/** The newest of each release line that is supported beside the one that runs `npm test`. */
const versions = ['22.23.3', '24.21.0'];

/** Needs a server, and is run nevertheless: one migration by each engine. */
const migrations = 'test/node/migrations.test.ts';

/** Imports the files that ALTERWISE_TEST_FILES lists. */
const unitsInOneProcess = 'test/node/units.ts';

/** What they test does not depend on Node: pages, the arrangement of files, the runner, gh-ost's binary, speed. */
const notOfNode = /^test\/(?:docs|house|runner|engines\/gh-ost\/binary)\/|^test\/sql\/generated/;

/** Runs the tests that need no server, and one migration by each engine, on the other versions of Node. */
export async function runOnOtherNodes(
  files: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<TapRun> {
  const units = (await filesWithoutServers(files)).filter((file) => !notOfNode.test(file));
  const withUnits = { ...env, ALTERWISE_TEST_FILES: units.join('\n') };
  const runs = await Promise.all(versions.map((version) => runOn(version, withUnits, signal)));
  return { tests: runs.flatMap(({ tests }) => tests), files: runs.flatMap(({ files }) => files) };
}

async function runOn(version: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<TapRun> {
  const title = `Node ${version}`;
  try {
    const node = await installNode(version, { signal });
    return await runTap([migrations, unitsInOneProcess], env, signal, { title, node });
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
