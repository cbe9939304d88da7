import { join } from 'node:path';
import type { ServerFlavor } from './types.js';

export interface Place {
  folder: string;
  port: number;
}

/** The files of one throwaway server, under its own folder. */
export const files = {
  data: 'data',
  socket: 'mysql.sock',
  log: 'server.log',
  setUp: 'set-up.sql',
  pid: 'server.pid',
};

/** What a throwaway server is started with, besides where its program is. */
export function serverArgs(
  flavor: ServerFlavor,
  { folder, port }: Place,
  variables: Readonly<Record<string, string>> = {},
): string[] {
  const settings = {
    datadir: join(folder, files.data),
    socket: join(folder, files.socket),
    'pid-file': join(folder, files.pid),
    'log-error': join(folder, files.log),
    'init-file': join(folder, files.setUp),
    tmpdir: folder,
    'secure-file-priv': folder,
    'bind-address': '127.0.0.1',
    port: String(port),
    'loose-mysqlx': 'OFF',
    'server-id': String(port),
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
    ...variables,
  };
  return [
    ...asRoot(),
    '--skip-name-resolve',
    ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
  ];
}

/** Kept the same from the making of the data folder to its use: a change of the log's size costs seconds. */
const storage = { 'loose-innodb-log-file-size': '48M', 'loose-innodb-redo-log-capacity': '96M' };

/** What a data folder is made with. */
export function initialiseArgs(dataFolder: string): string[] {
  const settings = { datadir: dataFolder, 'secure-file-priv': dataFolder, ...storage };
  return [...asRoot(), ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)];
}

/** A server refuses to run as root unless it is told to; a throwaway one that listens on loopback alone may. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}
