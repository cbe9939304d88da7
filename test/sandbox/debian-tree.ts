import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../lib/util/child-process.js';
import { installOnce } from '../../lib/util/install-once.js';
import { privateApt } from './private-apt.js';
import type { SandboxOptions } from './types.js';

export interface DebianTree {
  root: string;
  /** The tree's own loader with the tree's own libraries: put before a program, it needs nothing of the host. */
  loader: readonly [string, ...string[]];
}

/**
 * Unpacks packages of a Debian suite, with all that they depend on, into a folder of the cache. No chroot, no
 * maintainer scripts, no service that starts; programs in it run as the user, on files anywhere.
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
  options: SandboxOptions,
): Promise<void> {
  const state = join(root, '.apt');
  const apt = await privateApt(state, suite, options);
  const archives = await apt.download(packages);
  options.onProgress?.(`unpacking ${packages.join(', ')}`);
  for (const file of await readdir(archives)) {
    if (!file.endsWith('.deb')) continue;
    const limits = { limitSeconds: 120, signal: options.signal };
    await runCommand('dpkg-deb', ['--extract', join(archives, file), root], limits);
  }
  await rm(state, { recursive: true });
}

async function libraryFolders(root: string): Promise<string[]> {
  const folders: string[] = [];
  for (const parent of ['usr/lib', 'lib'].map((name) => join(root, name))) {
    const names = await namesIn(parent);
    folders.push(...names.filter((name) => name.endsWith('-linux-gnu')).map((name) => join(parent, name)));
  }
  return folders;
}

/** In /lib64 on amd64 and in /lib elsewhere; since Debian 13 everything is under /usr. */
async function findLoader(root: string): Promise<string> {
  for (const folder of ['usr/lib64', 'lib64', 'usr/lib', 'lib'].map((name) => join(root, name))) {
    const loader = (await namesIn(folder)).find((name) => name.startsWith('ld-linux'));
    if (loader !== undefined) return join(folder, loader);
  }
  throw new Error(`there is no dynamic loader in ${root}`);
}

/** A folder that this suite does not have holds nothing. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}
