import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { isGiven, type LoadedSettings, loadSettings, type Origins } from '../settings/load.js';
import { type OptionName, optionNames, optionOf } from '../settings/options.js';
import { Secret } from '../settings/secret.js';
import type { ConnectionSettings, TlsSettings } from '../settings/settings.js';
import { parseTexts } from '../sql/migration.js';
import type { Statement } from '../sql/statement.js';
import { present } from '../util/present.js';
import type { ToolConfig, ToolTls } from './tool-connection.js';

/** What a comment in front of a statement may set. */
const perStatement: readonly OptionName[] = optionNames.filter((name) =>
  ['Method', 'Checks', 'Review', 'gh-ost'].includes(optionOf(name).group),
);

interface SessionDefaults {
  database?: string;
  timeZone?: string;
}

/**
 * The settings of a change that a tool sends: file and environment as for the command line, the statement's own
 * comment before them, and server, schema and account of the tool's connection. ALTERWISE_USER or the config file may
 * name another account, because a tool's own often lacks what gh-ost needs.
 * @param lead what stands in front of the statement
 * @throws {Fault} exit code 2 if a setting is wrong
 */
export function toolSettings(
  lead: string,
  config: ToolConfig,
  session: SessionDefaults,
): Promise<LoadedSettings> {
  return load(optionsInComment(lead), perStatement, config, session);
}

/**
 * The settings of the same on the scratch copy of a schema: its tables have no rows and no other users, so what holds
 * for the real ones would only be in the way.
 */
export function scratchSettings(
  folder: string,
  config: ToolConfig,
  session: SessionDefaults,
): Promise<LoadedSettings> {
  const flags = {
    'state-dir': join(folder, 'state'),
    strategy: 'direct',
    progress: 'none',
    forecast: 'rates',
    'review-rows': String(Number.MAX_SAFE_INTEGER),
  };
  return load(flags, optionNames, config, session);
}

function load(
  flags: Record<string, unknown>,
  accepted: readonly OptionName[],
  config: ToolConfig,
  { database, timeZone }: SessionDefaults,
): Promise<LoadedSettings> {
  return loadSettings({
    flags,
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    accepted,
    connection: (read, origins) =>
      present({
        ...server(config),
        ...account(read, origins, config),
        database,
        timeZone,
        tls: tlsOfTool(config, read, origins),
      }),
  });
}

function server({ host = '127.0.0.1', port = 3306, socketPath }: ToolConfig) {
  return present({ host, port: Number(port), socketPath });
}

function account(read: ConnectionSettings, origins: Origins, { user = '', password }: ToolConfig) {
  // DATABASE_URL is the application's: it names the account that its connections use anyway.
  const isOurs = /^(?:environment ALTERWISE_|config)/.test(origins.get('user') ?? '');
  if (isOurs) return present({ user: read.user, password: read.password });
  return present({ user, password: password ? new Secret(password) : undefined });
}

let folder: string | undefined;

/**
 * TLS as on the tool's connection, unless it is set for alterwise. mysql2 takes certificates as text and gh-ost as
 * files: they are written to a folder that only this account can read, and removed when the process ends.
 */
function tlsOfTool({ ssl }: ToolConfig, read: ConnectionSettings, origins: Origins): TlsSettings {
  if (isGiven(origins, 'ssl-mode') || isGiven(origins, 'ssl-ca') || !ssl) return read.tls;
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
 * The options of one statement, from a comment in front of it: `/* alterwise strategy=gh-ost *\/`.
 * @returns flags of the command line, by name without dashes; a name without a value is a switch
 * @throws {Fault} exit code 2 if a part of it is not an option
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
  return new Fault(`${part}, in the comment in front of the statement, is not an option.`, {
    id: 'comment-option',
    exitCode: exitCodes.usage,
    next: 'Write name=value, with the names of the command line: /* alterwise strategy=gh-ost lock-budget=10s */.',
  });
}

/** What a script sends, parsed as a migration; empty if a migration may not contain it. */
export function ofMigration(sql: string): Statement[] {
  try {
    return parseTexts([sql], 'the script');
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}
