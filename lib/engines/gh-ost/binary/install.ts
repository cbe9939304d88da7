import { createHash } from 'node:crypto';
import { access, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '../../../exit-code.js';
import { Fault } from '../../../fault.js';
import { CommandError, runCommand } from '../../../util/child-process.js';
import { cacheFolder, type InstallOptions, installOnce } from '../../../util/install-once.js';

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

const limitSeconds = 900;

/**
 * Builds gh-ost from the Go module in docker/gh-ost, whose go.sum names the checksum of every source; Go refuses
 * any other. `go install …@version` does not work: it asks for the module's latest version, which the proxy does
 * not have.
 */
export async function buildFromModule(
  folder: string,
  version: string,
  { onProgress, signal }: InstallOptions,
): Promise<void> {
  onProgress?.(`building gh-ost ${version} with Go; the first time takes about a minute`);
  const flags = [
    '-mod=readonly',
    '-trimpath',
    '-buildvcs=false',
    '-ldflags',
    `-X main.AppVersion=${version}`,
  ];
  await runCommand(
    'go',
    ['build', ...flags, '-o', join(folder, 'gh-ost'), 'github.com/github/gh-ost/go/cmd/gh-ost'],
    {
      limitSeconds,
      signal,
      cwd: await moduleFolder(),
      // The user's flags or workspace could change what is built.
      env: { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
    },
  );
}

/** Beside `lib` in the sources, beside `dist` in the package. */
async function moduleFolder(): Promise<string> {
  for (const above of ['../../..', '../../../..']) {
    const folder = fileURLToPath(new URL(`${above}/docker/gh-ost`, import.meta.url));
    const isThere = await access(join(folder, 'go.mod')).then(
      () => true,
      () => false,
    );
    if (isThere) return folder;
  }
  throw new Error('the Go module docker/gh-ost is missing from this installation of alterwise');
}

const releases = 'https://github.com/github/gh-ost/releases/download';
const limitMs = 300_000;
const sizeLimit = 200 * 2 ** 20;

export interface ReleaseOptions extends InstallOptions {
  releasesUrl?: string;
}

/**
 * Downloads gh-ost's own release for this platform, checks it against the release's SHA256SUMS (made by gh-ost's
 * build.sh, one line a file as of sha256sum(1)), and only then unpacks it.
 */
export async function downloadRelease(
  folder: string,
  version: string,
  { onProgress, signal, releasesUrl = releases }: ReleaseOptions,
): Promise<void> {
  const place = `${releasesUrl}/v${version}`;
  onProgress?.(`downloading gh-ost ${version}`);
  const sums = (await download(`${place}/SHA256SUMS`, signal)).toString('utf8');
  const { name, sha256 } = ourAsset(sums, version);
  const archive = await download(`${place}/${name}`, signal);
  const found = createHash('sha256').update(archive).digest('hex');
  if (found !== sha256) {
    throw new Error(`${name} of gh-ost ${version} has the checksum ${found}, and its release says ${sha256}`);
  }
  await writeFile(join(folder, name), archive);
  await runCommand('tar', ['-xzf', join(folder, name), '-C', folder, 'gh-ost'], { limitSeconds: 60, signal });
  await rm(join(folder, name));
}

/** Assets are named `gh-ost-<system>-<processor>.tar.gz`; up to 1.1.10 with `binary-` and the time of the build. */
function ourAsset(sums: string, version: string): { name: string; sha256: string } {
  const processor = { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch;
  const platform = `${process.platform}-${processor}`;
  const wanted = new RegExp(`^([0-9a-f]{64}) [ *](gh-ost-(?:binary-)?${platform}(?:-\\d+)?\\.tar\\.gz)$`);
  for (const line of sums.split('\n')) {
    const [, sha256, name] = wanted.exec(line.trim()) ?? [];
    if (sha256 !== undefined && name !== undefined) return { name, sha256 };
  }
  throw new Error(`the checksum file of gh-ost ${version} has no line for ${platform}`);
}

async function download(url: string, signal: AbortSignal | undefined): Promise<Buffer> {
  const limit = AbortSignal.timeout(limitMs);
  const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, limit]) : limit }).catch(
    (cause: unknown) => {
      throw new Error(`${url} cannot be reached`, { cause });
    },
  );
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  if (Number(response.headers.get('content-length') ?? 0) > sizeLimit) throw new Error(`${url} is too large`);
  return Buffer.from(await response.arrayBuffer());
}
