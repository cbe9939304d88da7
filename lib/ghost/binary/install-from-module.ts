import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InstallOptions } from '../../cache.js';
import { runCommand } from '../../command.js';

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
