import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder, type InstallOptions, installOnce } from '../../cache.js';
import { CommandError, runCommand } from '../../command.js';
import { exitCodes, Fault } from '../../fault.js';
import { buildFromModule } from './install-from-module.js';
import { downloadRelease } from './install-from-release.js';

/** The newest version that the Go module proxy serves: built from the module that is part of alterwise. */
export const moduleVersion = '1.1.10';

/** The first release with a SHA256SUMS of its own. */
export const releaseVersion = '1.1.11';

export interface GhostInstallOptions extends InstallOptions {
  /** Where gh-ost's releases are; each version is a folder `v<version>` in it. */
  releasesUrl?: string;
}

export interface InstalledGhost {
  path: string;
  version: string;
}

/**
 * Sees to it that gh-ost is in alterwise's cache: built with Go where Go is there, else the project's release,
 * checked against the release's own checksums. Nothing unchecked is ever installed.
 */
export async function installGhost(options: GhostInstallOptions = {}): Promise<InstalledGhost> {
  const found = await cachedGhost();
  if (found !== undefined) return found;
  const reasons: string[] = [];
  for (const way of ways(options)) {
    try {
      return await install(way, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Fault(`gh-ost could not be installed: ${reasons.join('; ')}`, {
    id: 'ghost-not-installed',
    exitCode: exitCodes.environment,
    next: 'Install Go, or gh-ost itself, and say --gh-ost PATH or put it on PATH.',
  });
}

/** The gh-ost that an earlier `installGhost` left in the cache, if it still runs. */
export async function cachedGhost(): Promise<InstalledGhost | undefined> {
  for (const version of [moduleVersion, releaseVersion]) {
    const path = join(cacheFolder(), folderOf(version), 'gh-ost');
    if (await answers(path)) return { path, version };
  }
  return undefined;
}

interface Way {
  version: string;
  build(folder: string): Promise<void>;
}

function ways(options: GhostInstallOptions): Way[] {
  return [
    { version: moduleVersion, build: (folder) => buildFromModule(folder, moduleVersion, options) },
    { version: releaseVersion, build: (folder) => downloadRelease(folder, releaseVersion, options) },
  ];
}

async function install({ version, build }: Way, options: GhostInstallOptions): Promise<InstalledGhost> {
  const path = join(cacheFolder(), folderOf(version), 'gh-ost');
  // Asked again: another process may have installed it meanwhile. What is there and does not run is damaged.
  if (!(await answers(path))) await rm(dirname(path), { recursive: true, force: true });
  await installOnce(folderOf(version), build, options);
  if (!(await answers(path))) throw new Error(`${path} does not run`);
  return { path, version };
}

function folderOf(version: string): string {
  return join('gh-ost', version);
}

async function answers(path: string): Promise<boolean> {
  try {
    await runCommand(path, ['--version'], { limitSeconds: 10 });
    return true;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}
