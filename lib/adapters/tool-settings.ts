import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { type LoadedSettings, loadSettings } from '../settings/load.js';
import { type OptionName, optionNames, optionOf } from '../settings/options.js';
import { Secret } from '../settings/secret.js';
import type { ConnectionSettings, Settings, TlsSettings } from '../settings/settings.js';
import { parseTexts } from '../sql/migration.js';
import type { Statement } from '../sql/statement.js';
import type { ToolConfig, ToolTls } from './tool-connection.js';

/** What a comment in front of a statement may say. */
const perStatement: readonly OptionName[] = optionNames.filter((name) =>
  ['Way', 'Checks', 'Review', 'gh-ost'].includes(optionOf(name).group),
);

export interface ToolSettings extends LoadedSettings {
  settings: Settings;
}

/**
 * The settings of a change that a tool asks for: file and environment as for the command line, the statement's own
 * comment before them, and the server, schema and account of the tool's connection. Another account may be named by
 * ALTERWISE_USER or the config file, for a tool's own often lacks what gh-ost needs.
 * @param lead what stands in front of the statement
 * @throws {Fault} exit code 2 where a setting is wrong
 */
export async function toolSettings(
  lead: string,
  config: ToolConfig,
  state: { database?: string; timeZone?: string },
): Promise<ToolSettings> {
  const flags = optionsInComment(lead);
  const input = { flags, env: process.env, cwd: process.cwd(), home: homedir(), accepted: perStatement };
  const loaded = await loadSettings(input);
  const { database, timeZone } = state;
  const connection: ConnectionSettings = {
    ...server(config),
    ...account(loaded, config),
    ...(database !== undefined && { database }),
    ...(timeZone !== undefined && { timeZone }),
    tls: await tlsOfTool(config, loaded),
  };
  return { ...loaded, settings: { ...loaded.settings, connection } };
}

function server({ host, port, socketPath }: ToolConfig) {
  const where = { host: host ?? '127.0.0.1', port: Number(port ?? 3306) };
  return socketPath === undefined ? where : { ...where, socketPath };
}

function account({ settings, origins }: LoadedSettings, { user, password }: ToolConfig) {
  const { connection } = settings;
  // DATABASE_URL is the application's: it names the account that its connections have anyway.
  const isOurs = /^(?:environment ALTERWISE_|config)/.test(origins.get('user') ?? '');
  if (isOurs) {
    return { user: connection.user, ...(connection.password && { password: connection.password }) };
  }
  return { user: user ?? '', ...(password && { password: new Secret(password) }) };
}

let folder: string | undefined;

/**
 * TLS as the tool's connection has it; where `--ssl-mode` is set for alterwise, that. mysql2 takes certificates as
 * text, and gh-ost as files: they are written to a folder that only this account can read, and removed at the end of
 * the process.
 */
export async function tlsOfTool(
  { ssl }: ToolConfig,
  { settings, origins }: LoadedSettings,
): Promise<TlsSettings> {
  if (origins.has('ssl-mode') || origins.has('ssl-ca') || !ssl) return settings.connection.tls;
  return { mode: modeOf(ssl), ...filesOf(ssl) };
}

function modeOf({ rejectUnauthorized, verifyIdentity }: ToolTls): TlsSettings['mode'] {
  if (rejectUnauthorized === false) return 'required';
  return verifyIdentity === true ? 'verify-identity' : 'verify-ca';
}

function filesOf({ ca, cert, key }: ToolTls): Partial<TlsSettings> {
  const files: Partial<TlsSettings> = {};
  for (const [name, pem] of Object.entries({ ca, cert, key })) {
    if (pem === undefined || pem === null) continue;
    const text = [pem].flat().map(String).join('\n');
    files[name as 'ca' | 'cert' | 'key'] = fileWith(`${name}.pem`, text);
  }
  return files;
}

function fileWith(name: string, text: string): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'alterwise-tls-')); // 0700
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const comment = /\/\*\s*alterwise\b([\s\S]*?)\*\//i;

/**
 * The options of one statement, out of a comment in front of it: `/* alterwise strategy=gh-ost *\/`.
 * @returns as flags of the command line, by name without dashes; a name without a value is a switch
 * @throws {Fault} exit code 2 where a part of it is no option
 */
export function optionsInComment(lead: string): Record<string, unknown> {
  const flags: Record<string, unknown> = {};
  for (const part of comment.exec(lead)?.[1]?.trim().split(/\s+/) ?? []) {
    if (part === '') continue;
    const [, name, value] = /^([a-z][a-z-]*)(?:=(\S+))?$/.exec(part) ?? [];
    if (name === undefined) throw notAnOption(part);
    const given = flags[name];
    const read = value ?? true;
    flags[name] = given === undefined ? read : [given, read].flat();
  }
  return flags;
}

function notAnOption(part: string): Fault {
  return new Fault(`The comment in front of the statement has ${part}, which is no option.`, {
    id: 'comment-option',
    exitCode: exitCodes.usage,
    next: 'Write name=value, with the names of the command line: /* alterwise strategy=gh-ost lock-budget=10s */.',
  });
}

/** What a script sends, read as a migration would have it; nothing where it is none of the statements that one may have. */
export function ofMigration(sql: string): Statement[] {
  try {
    return parseTexts([sql], 'the script');
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}
