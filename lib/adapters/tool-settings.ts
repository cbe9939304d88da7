import { homedir } from 'node:os';
import { type LoadedSettings, loadSettings } from '../settings/load.js';
import { type OptionName, optionNames, optionOf } from '../settings/options.js';
import { Secret } from '../settings/secret.js';
import type { ConnectionSettings, Settings } from '../settings/settings.js';
import { optionsInComment } from './leading-comment.js';
import type { ToolConfig } from './tool-connection.js';
import { tlsOfTool } from './tool-tls.js';

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
