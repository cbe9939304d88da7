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

/** What they test does not depend on Node: pages, the arrangement of files, the runner. */
const ofRepository = /^test\/(?:docs|house|runner)\//;

/** Runs the tests that need no server, and one migration by each engine, on the other versions of Node. */
export async function runOnOtherNodes(
  files: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<TapRun> {
  const chosen = [
    migrations,
    ...(await filesWithoutServers(files)).filter((file) => !ofRepository.test(file)),
  ];
  const all: TapRun = { tests: [], files: [] };
  for (const version of versions) {
    const title = `Node ${version}`;
    try {
      const node = await installNode(version, { signal });
      const { tests, files: timed } = await runTap(chosen, env, signal, { title, node });
      all.tests.push(...tests);
      all.files.push(...timed);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      all.tests.push({
        name: title,
        outcome: 'skipped',
        said: `${title} cannot be downloaded: ${error.message}`,
      });
    }
  }
  return all;
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
