import { join } from 'node:path';
import type { ServerFlavor } from './types.js';

type Settings = Readonly<Record<string, string>>;

/** The files of one throwaway server, under its own folder. */
export const files = {
  data: 'data',
  socket: 'mysql.sock',
  log: 'server.log',
  setUp: 'set-up.sql',
  pid: 'server.pid',
};

/** All that a throwaway server is started with, besides where its program is. */
export function serverArgs(
  flavor: ServerFlavor,
  folder: string,
  port: number,
  variables?: Settings,
): string[] {
  const places = {
    datadir: join(folder, files.data),
    socket: join(folder, files.socket),
    'pid-file': join(folder, files.pid),
    'log-error': join(folder, files.log),
    'init-file': join(folder, files.setUp),
    tmpdir: folder,
    'secure-file-priv': folder,
    'bind-address': '127.0.0.1',
    port: String(port),
  };
  return [...asRoot(), ...toArgs({ ...places, ...behaviour(flavor, port), ...variables })];
}

/** The same for a server in a container, whose places are its own. */
export function containerArgs(flavor: ServerFlavor, serverId: number, variables?: Settings): string[] {
  return toArgs({ ...behaviour(flavor, serverId), ...variables });
}

/** What a data folder is made with. */
export function initialiseArgs(dataFolder: string): string[] {
  return [...asRoot(), ...toArgs({ datadir: dataFolder, 'secure-file-priv': dataFolder, ...storage })];
}

/**
 * What gh-ost and replicas need, small and quick rather than safe: after a power cut nobody wants this data back.
 * `loose-` marks what only some versions know.
 */
function behaviour(flavor: ServerFlavor, serverId: number): Settings {
  return {
    'skip-name-resolve': 'ON',
    'loose-mysqlx': 'OFF',
    'server-id': String(serverId),
    'log-bin': 'bin',
    'binlog-format': 'ROW',
    'binlog-row-image': 'FULL',
    // MySQL 5.7 and MariaDB know this name alone; what a replica applies is in its binlog, for gh-ost to read.
    'log-slave-updates': 'ON',
    ...(flavor === 'mysql' && { 'gtid-mode': 'ON', 'enforce-gtid-consistency': 'ON' }),
    ...storage,
    'innodb-buffer-pool-size': '256M',
    'innodb-flush-log-at-trx-commit': '2',
    'sync-binlog': '0',
    'performance-schema': 'ON',
    'max-connections': '200',
  };
}

/** Kept the same from the making of the data folder to its use: a change of the log's size costs seconds. */
const storage = { 'loose-innodb-log-file-size': '48M', 'loose-innodb-redo-log-capacity': '96M' };

/** A server refuses to run as root unless it is told to; a throwaway one that listens on loopback alone may. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

function toArgs(settings: Settings): string[] {
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}
