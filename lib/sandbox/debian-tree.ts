import { access, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installOnce } from '../cache.js';
import { runCommand } from '../command.js';
import type { SandboxOptions } from './types.js';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface DebianTree {
  root: string;
  /** The tree's own loader with the tree's own libraries: put before a program, it needs nothing of the host. */
  loader: readonly [string, ...string[]];
}

/**
 * Unpacks packages of a Debian suite, with all that they depend on, into a folder of the cache. It is apt's own
 * resolver, download and signature check with a state of its own in which nothing is installed (apt-get(8),
 * apt.conf(5) "Directories"): no root, no chroot, no maintainer scripts, no service that starts, and the host's
 * packages stay as they are.
 */
export async function debianTree(
  suite: string,
  packages: readonly string[],
  options: SandboxOptions,
): Promise<DebianTree> {
  const root = await installOnce(
    `debian/${suite}`,
    (folder) => unpack(folder, suite, packages, options),
    options,
  );
  return { root, loader: [await findLoader(root), '--library-path', (await libraryFolders(root)).join(':')] };
}

async function unpack(
  root: string,
  suite: string,
  packages: readonly string[],
  { onProgress, signal }: SandboxOptions,
): Promise<void> {
  const state = join(root, '.apt');
  const apt = await privateApt(state, suite);
  onProgress?.(`reading the package list of Debian ${suite}`);
  await runCommand('apt-get', [...apt, 'update'], { limitSeconds: 300, signal });
  onProgress?.(`downloading ${packages.join(', ')} from Debian ${suite}`);
  const install = ['install', '--yes', '--download-only', ...packages];
  await runCommand('apt-get', [...apt, ...install], { limitSeconds: 900, signal });
  onProgress?.(`unpacking ${packages.join(', ')}`);
  const archives = join(state, 'cache/archives');
  const files = (await readdir(archives)).filter((name) => name.endsWith('.deb'));
  for (const file of files) {
    await runCommand('dpkg-deb', ['--extract', join(archives, file), root], { limitSeconds: 120, signal });
  }
  await rm(state, { recursive: true });
}

/** The options that give apt a state of its own under `state`. */
async function privateApt(state: string, suite: string): Promise<string[]> {
  await mkdir(join(state, 'lists/partial'), { recursive: true });
  await mkdir(join(state, 'cache/archives/partial'), { recursive: true });
  await writeFile(join(state, 'status'), await perlAsInstalled());
  const source = `deb [signed-by=${keyring} target=Packages] ${await debianMirror()} ${suite} main\n`;
  await writeFile(join(state, 'sources.list'), source);
  const settings = {
    'Dir::State': state,
    'Dir::State::lists': join(state, 'lists'),
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': join(state, 'cache'),
    'Dir::Etc::sourcelist': join(state, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'APT::Install-Recommends': 'false',
    // apt as root downloads as the user _apt, who cannot look into a private folder.
    'APT::Sandbox::User': 'root',
    'Acquire::Retries': '3',
    'Acquire::http::Timeout': '30',
    'Acquire::https::Timeout': '30',
    'DPkg::Lock::Timeout': '60',
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
  return `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n\n`;
}

/** The mirror that this Debian already uses, so that a local one, or a proxy's, is respected. */
async function debianMirror(): Promise<string> {
  await access(keyring).catch((cause: unknown) => {
    throw new Error(`${keyring} is not there to check Debian's signatures with`, { cause });
  });
  const format = '$(ORIGIN)|$(LABEL)|$(REPO_URI)';
  const targets = await runCommand('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    limitSeconds: 30,
  });
  const ofDebian = targets.split('\n').find((line) => line.startsWith('Debian|Debian|'));
  if (ofDebian === undefined)
    throw new Error('apt knows no mirror of Debian (apt-get update was never run?)');
  return ofDebian.slice('Debian|Debian|'.length);
}

async function libraryFolders(root: string): Promise<string[]> {
  const folders: string[] = [];
  for (const parent of [join(root, 'usr/lib'), join(root, 'lib')]) {
    const names = await readdir(parent).catch(() => []);
    folders.push(...names.filter((name) => name.endsWith('-linux-gnu')).map((name) => join(parent, name)));
  }
  return folders;
}

/** Debian keeps it in /lib64 on amd64 and in /lib elsewhere; since trixie everything is under /usr. */
async function findLoader(root: string): Promise<string> {
  for (const folder of ['usr/lib64', 'lib64', 'usr/lib', 'lib']) {
    const names = await readdir(join(root, folder)).catch(() => []);
    const loader = names.find((name) => name.startsWith('ld-linux'));
    if (loader !== undefined) return join(root, folder, loader);
  }
  throw new Error(`no dynamic loader in ${root}`);
}
