import { scriptFolderVariable } from '../scripts/script-folder.js';

/** Looked up once: this runs for each module that is loaded. */
const isScript = process.env[scriptFolderVariable] !== undefined;

/** By the requested name, or by the path of the file that it resolves to. */
const otherDrivers = /(?:^|[\\/]node_modules[\\/])(?:mysql|mariadb|@prisma[\\/]client)(?:[\\/]|$)/;

/**
 * A script that alterwise runs may reach the server through mysql2 only: another driver would change the real schema
 * while the script is only recorded, and bypass the plan when it runs.
 * @param requested a name or a path
 * @throws {Error} in the script; a tool that can use mysql2 as well falls back to it
 */
export function refuseOtherDriver(requested: string): void {
  if (!isScript || !otherDrivers.test(requested)) return;
  throw new Error(`alterwise intercepts mysql2 only; ${requested} would change the real schema unseen.`);
}

/** Whether a module is mysql2 or mysql2/promise, by its name or by its path. */
export function isMysql2(request: string): boolean {
  return /(?:^|[\\/]node_modules[\\/])mysql2(?:[\\/](?:index|promise)(?:\.js)?)?$/.test(request);
}
