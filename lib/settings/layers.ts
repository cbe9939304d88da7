import { access, readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { didYouMean, nearest } from '../text/nearest.js';
import {
  configKey,
  environmentName,
  isOptionName,
  type OptionName,
  optionNames,
  optionOf,
  options,
} from './options.js';

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

/**
 * Reads the environment: `ALTERWISE_…` for every option, and DATABASE_URL, GH_OST and NO_COLOR. An empty
 * variable counts as not set, because CI systems cannot unset one.
 *
 * @param env - The environment of the process.
 * @param accepted - The options that the command has.
 * @param notes - Takes a warning for a variable that looks like a misspelt option, and a fault for a dry run.
 */
export function environmentLayer(
  env: NodeJS.ProcessEnv,
  accepted: readonly OptionName[],
  notes: Notes,
): Layer {
  const layer = new Map<OptionName, Given>();
  const inEnvironment = optionNames.filter((name) => optionOf(name).reach !== 'flag');
  for (const name of inEnvironment) {
    const variables = [environmentName(name), ...(optionOf(name).alsoInEnvironment ?? [])];
    const variable = variables.find((candidate) => env[candidate]);
    if (variable === undefined) continue;
    if (variable === 'DATABASE_URL' && !isOurs(env[variable], notes)) continue;
    // no-color.org: any value that is not empty switches colours off.
    const raw = variable === 'NO_COLOR' ? true : env[variable];
    layer.set(name, { raw, label: variable, origin: `environment ${variable}` });
  }
  refuseDryRun(env, accepted, notes);
  warnOfMisspelt(env, optionNames.map(environmentName), notes);
  return layer;
}

/** DATABASE_URL belongs to the application, which may well use another database. */
function isOurs(url: string | undefined, notes: Notes): boolean {
  if (/^(mysql2?|mariadb):/i.test(url ?? '')) return true;
  notes.warnings.push('DATABASE_URL is not a mysql:// URL and was not used.');
  return false;
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

function warnOfMisspelt(env: NodeJS.ProcessEnv, known: readonly string[], notes: Notes): void {
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('ALTERWISE_') || known.includes(variable)) continue;
    const suffixes = known.map((name) => name.slice('ALTERWISE_'.length));
    const [meant] = nearest(variable.slice('ALTERWISE_'.length), suffixes);
    if (meant) notes.warnings.push(`${variable} is unknown; did you mean ALTERWISE_${meant}?`);
  }
}

/** Options with an answer of their own where somebody writes them as flags. */
const notFlags: Readonly<Record<string, string>> = {
  password:
    'a password in the arguments is visible to everyone on the machine; use ALTERWISE_PASSWORD, an option file, or --ask-password',
  p: 'use ALTERWISE_PASSWORD, an option file, or --ask-password',
};

/**
 * Reads the flags of the command line.
 *
 * @param flags - What the parser of arguments found, by name without dashes; repeated flags are arrays.
 * @param accepted - The options that the command has.
 * @param notes - Takes faults (unknown, given twice) and warnings.
 */
export function flagLayer(
  flags: Readonly<Record<string, unknown>>,
  accepted: readonly OptionName[],
  notes: Notes,
): Layer {
  const layer = new Map<OptionName, Given>();
  for (const [name, raw] of Object.entries(flags)) {
    if (raw === undefined) continue;
    const label = name.length === 1 ? `-${name}` : `--${name}`;
    if (!isOptionName(name) || !accepted.includes(name) || optionOf(name).reach === 'no-flag') {
      notes.faults.push(`${label}: ${unknownFlag(name, accepted)}`);
    } else if (Array.isArray(raw) && !optionOf(name).kind.repeatable) {
      notes.faults.push(`${label}: expected once, got ${raw.length} times`);
    } else {
      // A flag is one value, spaces and all; only the environment and files separate values by spaces.
      const value = optionOf(name).kind.repeatable ? [raw].flat() : raw;
      layer.set(name, { raw: value, label, origin: `flag ${label}` });
    }
  }
  if (passwordInside(layer.get('dsn')?.raw)) {
    notes.warnings.push(
      'The password in --dsn is visible to everyone on this machine: put the DSN into ALTERWISE_DSN, or the password into ALTERWISE_PASSWORD.',
    );
  }
  return layer;
}

function unknownFlag(name: string, accepted: readonly OptionName[]): string {
  const flags = accepted.filter((option) => optionOf(option).reach !== 'no-flag');
  const answer = Object.hasOwn(notFlags, name) ? notFlags[name] : undefined;
  return `is not an option here${answer ? `: ${answer}` : didYouMean(name, flags, '--')}`;
}

function passwordInside(dsn: unknown): boolean {
  return /^[a-z0-9]+:\/\/[^/@:]*:[^/]+@/i.test(String(dsn));
}

const names = ['alterwise.config.json', 'alterwise.config.mjs', 'alterwise.config.ts'];

/**
 * Reads `alterwise.config.{json,mjs,ts}`: the options in camelCase.
 *
 * @param path - The file that was asked for; without it, the one in the working directory, if any.
 * @param cwd - The working directory.
 * @param notes - Takes faults: unknown keys, a file that cannot be read, two files at once.
 */
export async function configFileLayer(path: string | undefined, cwd: string, notes: Notes): Promise<Layer> {
  const file = path === undefined ? await findConfig(cwd, notes) : resolve(cwd, path);
  if (file === undefined) return new Map();
  try {
    const content = extname(file) === '.json' ? await readJson(file) : await importModule(file);
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
      return keysOf(content, path ?? file.slice(cwd.length + 1), notes);
    }
    notes.faults.push(
      `${file}: expected an object with options${extname(file) === '.json' ? '' : ' as its default export'}`,
    );
  } catch (error) {
    notes.faults.push(`${file}: ${whyUnreadable(error)}`);
  }
  return new Map();
}

async function findConfig(cwd: string, notes: Notes): Promise<string | undefined> {
  const found: string[] = [];
  for (const name of names) {
    const there = await access(join(cwd, name)).then(
      () => true,
      () => false,
    );
    if (there) found.push(name);
  }
  if (found.length > 1)
    notes.faults.push(`${found.join(' and ')}: expected one of them; name it by --config`);
  return found[0] === undefined ? undefined : join(cwd, found[0]);
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}

async function importModule(file: string): Promise<unknown> {
  const module: { default?: unknown } = await import(pathToFileURL(file).href);
  return module.default;
}

function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return `Node ${process.versions.node} cannot import TypeScript: use Node 22.18 or newer, or write the file as .mjs or .json`;
  }
  if (code === 'ENOENT' || code === 'ERR_MODULE_NOT_FOUND') return `cannot be read (${message})`;
  return error instanceof SyntaxError ? `is not valid (${message})` : `failed while it was read (${message})`;
}

function keysOf(content: object, file: string, notes: Notes): Layer {
  const inFiles = optionNames.filter((name) => ['everywhere', 'no-flag'].includes(optionOf(name).reach));
  const layer = new Map<(typeof inFiles)[number], Given>();
  for (const [key, raw] of Object.entries(content)) {
    const name = inFiles.find((option) => configKey(option) === key);
    if (name) layer.set(name, { raw, label: `${key} (${file})`, origin: file });
    else notes.faults.push(`${key} (${file}): is not an option${didYouMean(key, inFiles.map(configKey))}`);
  }
  return layer;
}
