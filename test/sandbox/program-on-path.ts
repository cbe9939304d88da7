import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { runCommand } from '../../lib/util/child-process.js';
import type { ServerProgram } from './types.js';

/** A server program of this machine. Packages put it into sbin, which a user's PATH seldom has. */
export async function programOnPath(
  name: 'mysqld' | 'mariadbd',
  env = process.env,
): Promise<ServerProgram | undefined> {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/libexec'];
  for (const folder of folders.filter(Boolean)) {
    const path = join(folder, name);
    if (await isThere(path, constants.X_OK)) return describe(path);
  }
  return undefined;
}

async function describe(path: string): Promise<ServerProgram> {
  const said = (await runCommand(path, ['--no-defaults', '--version'], { limitSeconds: 20 })).trim();
  const number = /Ver (\d+\.\d+\.\d+)/.exec(said)?.[1] ?? 'unknown';
  const version = `${number}-${createHash('sha256').update(`${path} ${said}`).digest('hex').slice(0, 8)}`;
  const common = { kind: 'path', version, command: [path], args: [] } as const;
  // mysqld may be another name for mariadbd.
  if (!said.includes('MariaDB')) return { ...common, flavor: 'mysql' };
  return { ...common, flavor: 'mariadb', sqlFolder: await findSqlFolder(path) };
}

async function findSqlFolder(path: string): Promise<string> {
  const prefixes = [dirname(dirname(path)), dirname(dirname(await realpath(path))), '/usr'];
  const folders = prefixes.flatMap((prefix) =>
    ['mysql', 'mariadb', ''].map((name) => join(prefix, 'share', name)),
  );
  for (const folder of folders) {
    if (await isThere(join(folder, 'fill_help_tables.sql'), constants.R_OK)) return folder;
  }
  throw new Error(`the SQL scripts that belong to ${path} are not in ${folders.join(', ')}`);
}

function isThere(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
