import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../lib/util/child-process.js';
import type { SandboxOptions } from './types.js';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface PrivateApt {
  /** Downloads these packages and all that they depend on; returns the folder with the archives. */
  download(packages: readonly string[]): Promise<string>;
}

/**
 * apt with a state of its own in `folder`, in which nothing is installed (apt.conf(5), "Directories"), and with
 * this suite of Debian as its only source: its resolver, its download and its check of Debian's signatures,
 * without root and without a change to the host's packages.
 */
export async function privateApt(
  folder: string,
  suite: string,
  { onProgress, signal }: SandboxOptions,
): Promise<PrivateApt> {
  const candidates = await mirrors();
  await access(keyring).catch((cause: unknown) => {
    throw new Error(`there is no ${keyring} to check Debian's signatures with`, { cause });
  });
  const options = await makeState(folder);
  const apt = (args: readonly string[]) =>
    runCommand('apt-get', [...options, ...args], { limitSeconds: 900, signal });
  onProgress?.(`reading the package list of Debian ${suite}`);
  await firstThatWorks(candidates, async (mirror) => {
    await writeFile(
      join(folder, 'sources.list'),
      `deb [signed-by=${keyring} target=Packages] ${mirror} ${suite} main\n`,
    );
    await apt(['update']);
  });
  return {
    download: async (packages) => {
      onProgress?.(`downloading ${packages.join(', ')} from Debian ${suite}`);
      await apt(['install', '--yes', '--download-only', ...packages]);
      return join(folder, 'cache/archives');
    },
  };
}

async function makeState(folder: string): Promise<string[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  await writeFile(join(folder, 'status'), await perlAsInstalled());
  const settings = {
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'APT::Install-Recommends': 'false',
    // As root it would download as the user _apt, who cannot look into a private folder.
    'APT::Sandbox::User': 'root',
    // A list that could not be fetched is otherwise a mere warning.
    'APT::Update::Error-Mode': 'any',
    'Acquire::Retries': '3',
    'Acquire::http::Timeout': '30',
    'Acquire::https::Timeout': '30',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** Perl is for the servers' scripts, which are never run here, and would be a large part of the download. */
async function perlAsInstalled(): Promise<string> {
  const fields = {
    Package: 'perl',
    Status: 'install ok installed',
    Version: '999',
    Architecture: (await runCommand('dpkg', ['--print-architecture'], { limitSeconds: 30 })).trim(),
    'Multi-Arch': 'allowed',
    Maintainer: 'nobody <nobody@localhost>',
    Description: 'taken as installed',
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return `${lines.join('\n')}\n\n`;
}

/**
 * Where this machine gets its packages from, most likely Debian's own first: a local mirror, or one that a proxy
 * lets through, is respected. It needs no package list, which a fresh container does not have. One that is not
 * Debian's fails the check of the signature.
 */
async function mirrors(): Promise<string[]> {
  const said = await runCommand('apt-get', ['update', '--print-uris'], { limitSeconds: 60 });
  const found = [...said.matchAll(/^'(\S+?)\/?\/dists\//gm)].map(([, mirror = '']) => mirror);
  if (found.length === 0) throw new Error('apt-get knows no source of packages');
  return [...new Set(found)].sort((a, b) => Number(b.endsWith('/debian')) - Number(a.endsWith('/debian')));
}

async function firstThatWorks(
  candidates: readonly string[],
  use: (mirror: string) => Promise<void>,
): Promise<void> {
  let first: unknown;
  for (const candidate of candidates) {
    try {
      return await use(candidate);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}
