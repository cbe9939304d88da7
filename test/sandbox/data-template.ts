import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../lib/util/child-process.js';
import { installOnce } from '../../lib/util/install-once.js';
import { initialiseArgs } from './server-args.js';
import type { SandboxOptions, ServerProgram } from './types.js';

const limitSeconds = 180;

/**
 * A data folder that is initialised and was never started, kept in the cache: a copy of it makes the start of a
 * server a matter of a second. root@localhost has no password in it; the set-up file of each start gives one.
 */
export async function dataTemplate(program: ServerProgram, options: SandboxOptions): Promise<string> {
  const name = `templates/${program.kind}-${program.version}`;
  return installOnce(name, (folder) => initialise(folder, program, options), options);
}

async function initialise(folder: string, program: ServerProgram, options: SandboxOptions): Promise<void> {
  options.onProgress?.(`initialising a data folder of ${program.kind}`);
  if (program.flavor === 'mysql') await initialiseMysql(folder, program, options);
  else await initialiseMariadb(folder, program, options);
  // Holds the server's UUID, which every copy must make for itself.
  await rm(join(folder, 'auto.cnf'), { force: true });
}

async function initialiseMysql(
  folder: string,
  program: ServerProgram,
  { signal }: SandboxOptions,
): Promise<void> {
  const [command, ...loaderArgs] = program.command;
  const args = [...loaderArgs, '--no-defaults', ...program.args, ...initialiseArgs(folder)];
  await runCommand(command, [...args, '--initialize-insecure'], { limitSeconds, signal });
}

/** What the script mariadb-install-db does (its function cat_sql), with a root without password or plugin. */
async function initialiseMariadb(
  folder: string,
  program: ServerProgram,
  { signal }: SandboxOptions,
): Promise<void> {
  await mkdir(join(folder, 'mysql'));
  const [command, ...loaderArgs] = program.command;
  const args = [...loaderArgs, '--no-defaults', ...program.args, ...initialiseArgs(folder)];
  const bootstrap = [
    '--bootstrap',
    '--enforce-storage-engine=',
    '--max-allowed-packet=8M',
    '--log-warnings=0',
  ];
  const input = await systemTables(program.sqlFolder ?? '');
  await runCommand(command, [...args, ...bootstrap], { limitSeconds, signal, input });
}

/** The scripts begin with mysql_ before MariaDB 11.0 and with mariadb_ after. */
async function systemTables(sqlFolder: string): Promise<string> {
  const names = await readdir(sqlFolder);
  const wanted = ['system_tables.sql', 'performance_tables.sql', 'system_tables_data.sql', 'sys_schema.sql'];
  const [tables = '', performance = '', data = '', sys = ''] = wanted.map((end) =>
    names.find((name) => name === `mariadb_${end}` || name === `mysql_${end}`),
  );
  const scripts = [tables, performance, data, 'fill_help_tables.sql', 'maria_add_gis_sp_bootstrap.sql', sys];
  const texts = await Promise.all(scripts.map((name) => readFile(join(sqlFolder, name), 'utf8')));
  const before = ['CREATE DATABASE IF NOT EXISTS mysql;', 'USE mysql;', 'SET @auth_root_socket=NULL;'];
  const after = ['global_priv', 'proxies_priv'].map(
    (table) => `DELETE FROM mysql.${table} WHERE Host<>'localhost';`,
  );
  return [...before, 'SET @skip_auth_anonymous=1;', ...texts, ...after, ''].join('\n');
}
