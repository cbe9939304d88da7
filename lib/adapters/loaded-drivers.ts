import { scriptFolderVariable } from '../scripts/script-folder.js';

/** Looked up once: each module that is loaded comes by here. */
const isScript = process.env[scriptFolderVariable] !== undefined;

/** By the name that is asked for, or by the file that it leads to. */
const otherDrivers = /(?:^|[\\/]node_modules[\\/])(?:mysql|mariadb|@prisma[\\/]client)(?:[\\/]|$)/;

/**
 * What alterwise runs as a script may reach the server by mysql2 alone: another driver would change the real schema
 * while it is only recorded, and unseen when it is run.
 * @param asked a name or a path
 * @throws {Error} for the script; a tool that has mysql2 as well goes on with that
 */
export function refuseOtherDriver(asked: string): void {
  if (!isScript || !otherDrivers.test(asked)) return;
  throw new Error(`alterwise sees what goes through mysql2; ${asked} would change the real schema unseen.`);
}

/** Whether a module is mysql2 or mysql2/promise, by its name or by the path that it was found under. */
export function isMysql2(request: string): boolean {
  return /(?:^|[\\/]node_modules[\\/])mysql2(?:[\\/](?:index|promise)(?:\.js)?)?$/.test(request);
}
