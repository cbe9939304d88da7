import { didYouMean, nearest } from '../text/nearest.js';
import {
  environmentName,
  isOptionName,
  namesFrom,
  type OptionName,
  optionNames,
  optionOf,
  options,
} from './options.js';
import { maskDsn } from './secret.js';

/** A value as somebody wrote it, not yet validated. */
export interface Given {
  raw: unknown;
  /** The option in the words of its source, for messages: `--port`, `ALTERWISE_PORT`. */
  label: string;
  /** Where it came from, for `--print-settings`. */
  origin: string;
}

/** What one source gives. Sources that come earlier win. */
export type Layer = ReadonlyMap<OptionName, Given>;

/** Notes taken while reading: all faults are reported together, warnings do not stop anything. */
export interface Notes {
  faults: string[];
  warnings: string[];
}

/** The value that wins, and how early its source comes (0 is the earliest). */
export function pick(layers: readonly Layer[], name: OptionName): (Given & { rank: number }) | undefined {
  for (const [rank, layer] of layers.entries()) {
    const given = layer.get(name);
    if (given) return { ...given, rank };
  }
  return undefined;
}

/** Options with an answer of their own if somebody writes them as flags. */
const notFlags: Readonly<Record<string, string>> = {
  password:
    'a password in the arguments is visible to everyone on the machine; use ALTERWISE_PASSWORD, an option file, or --ask-password',
  p: 'use ALTERWISE_PASSWORD, an option file, or --ask-password',
};

/**
 * Reads the flags of the command line.
 * @param flags as the parser of arguments found them, by name without dashes; repeated flags are arrays
 * @param accepted the options that the command has
 */
export function flagLayer(
  flags: Readonly<Record<string, unknown>>,
  accepted: readonly OptionName[],
  notes: Notes,
): Layer {
  const layer = new Map<OptionName, Given>();
  const known = namesFrom('flag').filter((name) => accepted.includes(name));
  for (const [name, raw] of Object.entries(flags)) {
    if (raw === undefined) continue;
    const label = name.length === 1 ? `-${name}` : `--${name}`;
    if (!isOptionName(name) || !known.includes(name)) {
      const answer = Object.hasOwn(notFlags, name) ? notFlags[name] : undefined;
      notes.faults.push(
        `${label} is not an option here${answer ? `: ${answer}` : didYouMean(name, known, '--')}`,
      );
      continue;
    }
    const isList = optionOf(name).kind.shape.type === 'list';
    if (Array.isArray(raw) && !isList) {
      notes.faults.push(`${label}: expected once, got ${raw.length} times`);
      continue;
    }
    // A flag is one value, spaces and all; only the environment and files separate values by spaces.
    layer.set(name, { raw: isList ? [raw].flat() : raw, label, origin: `flag ${label}` });
  }
  const dsn = String(layer.get('dsn')?.raw);
  if (/^[a-z0-9]+:\/\/[^/@:]*:[^/]+@/i.test(dsn)) {
    notes.warnings.push(
      'The password in --dsn is visible to everyone on this machine: put the DSN into ALTERWISE_DSN, or the password into ALTERWISE_PASSWORD.',
    );
  }
  return layer;
}

/**
 * Reads the environment: `ALTERWISE_…` for every option, and DATABASE_URL, GH_OST and NO_COLOR. An empty variable counts
 * as not set, because CI systems cannot unset one.
 * @param accepted the options that the command has
 */
export function environmentLayer(
  env: NodeJS.ProcessEnv,
  accepted: readonly OptionName[],
  notes: Notes,
): Layer {
  const layer = new Map<OptionName, Given>();
  for (const name of namesFrom('environment')) {
    const variables = [environmentName(name), ...(optionOf(name).alsoInEnvironment ?? [])];
    const variable = variables.find((candidate) => env[candidate]);
    if (variable === undefined) continue;
    // It belongs to the application, which may well use another database.
    if (variable === 'DATABASE_URL' && !isMysqlUrl(env[variable] ?? '')) {
      notes.warnings.push('DATABASE_URL is not a mysql:// URL and was not used.');
      continue;
    }
    // no-color.org: any value that is not empty switches colours off.
    const raw = variable === 'NO_COLOR' ? true : env[variable];
    layer.set(name, { raw, label: variable, origin: `environment ${variable}` });
  }
  refuseDryRun(env, accepted, notes);
  warnOfMisspelt(env, notes);
  return layer;
}

/** Whoever believes that nothing will be changed must not learn otherwise after the change. */
function refuseDryRun(env: NodeJS.ProcessEnv, accepted: readonly OptionName[], notes: Notes): void {
  const variable = environmentName('dry-run');
  const given = env[variable];
  const parsed = options['dry-run'].kind.parse(given);
  const isOff = !given || ('value' in parsed && !parsed.value);
  // By `--strategy` commands that may change a table are told from others.
  if (isOff || !accepted.includes('strategy')) return;
  notes.faults.push(`${variable} is not read: --dry-run is an option of the command line only.`);
}

function warnOfMisspelt(env: NodeJS.ProcessEnv, notes: Notes): void {
  const prefix = 'ALTERWISE_';
  const known = optionNames.map((name) => environmentName(name).slice(prefix.length));
  for (const variable of Object.keys(env)) {
    const suffix = variable.slice(prefix.length);
    if (!variable.startsWith(prefix) || known.includes(suffix)) continue;
    const [meant] = nearest(suffix, known);
    if (meant) notes.warnings.push(`${variable} is unknown; did you mean ${prefix}${meant}?`);
  }
}

function isMysqlUrl(text: string): boolean {
  return /^(mysql2?|mariadb):\/\//i.test(text);
}

const dsnParameters = ['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key', 'socket'] as const;

/** Takes a DSN apart: `mysql://user:password@host:3306/database?ssl-mode=…&ssl-ca=…&socket=…`. */
export function dsnLayer(dsn: Given, notes: Notes): Layer {
  const layer = new Map<OptionName, Given>();
  const put = (name: OptionName, raw: string) => {
    if (raw !== '') layer.set(name, { raw, label: `${name} in ${dsn.label}`, origin: dsn.origin });
  };
  try {
    if (!isMysqlUrl(String(dsn.raw))) throw new Error('of another database');
    const url = new URL(String(dsn.raw));
    put('host', url.hostname.replace(/^\[|\]$/g, ''));
    put('port', url.port);
    // A lone % is not an escape, and throws.
    put('user', decodeURIComponent(url.username));
    put('password', decodeURIComponent(url.password));
    put('database', decodeURIComponent(url.pathname.slice(1)));
    for (const [key, value] of url.searchParams) {
      const name = dsnParameters.find((parameter) => parameter === key.toLowerCase().replaceAll('_', '-'));
      if (name) put(name, value);
      // A parameter that may mean something to the application.
      else if (dsn.label === 'DATABASE_URL')
        notes.warnings.push(`DATABASE_URL: the parameter ${key} was not used.`);
      else notes.faults.push(`${dsn.label}: ${key} is not a parameter${didYouMean(key, dsnParameters)}`);
    }
  } catch {
    const got = JSON.stringify(maskDsn(String(dsn.raw)));
    notes.faults.push(
      `${dsn.label}: expected mysql://user@host:3306/database, got ${got}; characters such as @ / # ? % in a name or password are written as %40 %2F %23 %3F %25`,
    );
  }
  return layer;
}
