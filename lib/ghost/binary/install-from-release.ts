import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstallOptions } from '../../cache.js';
import { runCommand } from '../../command.js';

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
