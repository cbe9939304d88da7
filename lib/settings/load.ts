import { join, resolve } from 'node:path';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { checkTogether } from './consistency.js';
import { configFileLayer, optionFileLayer } from './files.js';
import { dsnLayer, environmentLayer, flagLayer, type Given, type Layer, type Notes, pick } from './layers.js';
import {
  type Option,
  type OptionName,
  optionNames,
  optionOf,
  type Surroundings,
  type Values,
} from './options.js';
import { maskDsn, type Secret } from './secret.js';
import { type ConnectionSettings, type Settings, settingsOf } from './settings.js';

export interface SettingsInput extends Surroundings {
  /** Flags by name without dashes, as the parser of arguments found them; repeated flags are arrays. */
  flags: Readonly<Record<string, unknown>>;
  cwd: string;
  /** The options that the command has; all of them by default. */
  accepted?: readonly OptionName[];
  /** For a tool's own connection, which decides over what was read. @param origins where each value came from */
  connection?: (read: ConnectionSettings, origins: Origins) => ConnectionSettings;
  /** Asks on the terminal; absent if there is none. */
  askPassword?: (prompt: string) => Promise<Secret>;
}

/** Where each value came from; of a default: `default`. */
export type Origins = ReadonlyMap<OptionName, string>;

/** Whether somebody has said it. */
export function isGiven(origins: Origins, name: OptionName): boolean {
  return (origins.get(name) ?? byDefault) !== byDefault;
}

const byDefault = 'default';

export interface LoadedSettings {
  settings: Settings;
  /** Every option that has a value, also those of the invocation (`--file`, `--dry-run`). */
  values: Values;
  origins: Origins;
  warnings: readonly string[];
}

/**
 * Reads the settings: flag, environment, config file, MySQL option file, default, in this order.
 * @throws {Fault} `settings` (exit 2) with everything that is wrong, each naming the option, what was expected and what
 *   was got
 */
export async function loadSettings(input: SettingsInput): Promise<LoadedSettings> {
  const notes: Notes = { faults: [], warnings: [] };
  const layers = await readLayers(input, notes);
  const { values, origins } = resolveValues(layers, input, notes);
  await checkTogether(values, layers, input, notes.faults);
  if (notes.faults.length > 0) throw wrongSettings(notes.faults);
  if (values['ask-password'] && input.askPassword) {
    values.password = await input.askPassword(`Password of ${values.user}@${values.socket ?? values.host}: `);
    origins.set('password', 'terminal');
  }
  const settings = settingsOf(values, input.cwd, (read) => input.connection?.(read, origins) ?? read);
  return { settings, values, origins, warnings: notes.warnings };
}

async function readLayers(input: SettingsInput, notes: Notes): Promise<Layer[]> {
  const { flags, env, cwd, home, accepted = optionNames } = input;
  const early = [flagLayer(flags, accepted, notes), environmentLayer(env, accepted, notes)];
  const [config, defaults] = (['config', 'defaults-file'] as const).map((name) => pick(early, name)?.raw);
  const layers = [
    ...early,
    await configFileLayer(config === undefined ? undefined : String(config), cwd, notes),
    defaults === undefined
      ? await optionFileLayer(join(home, '.my.cnf'), false, notes)
      : await optionFileLayer(resolve(cwd, String(defaults)), true, notes),
  ];
  // The parts of a DSN stand just behind the source that it came from: `--host` wins over the host in `--dsn`.
  const dsn = pick(layers, 'dsn');
  return dsn ? layers.toSpliced(dsn.rank + 1, 0, dsnLayer(dsn, notes)) : layers;
}

function wrongSettings(faults: readonly string[]): Fault {
  const lines = faults.map((fault) => `  ${fault}`).join('\n');
  const message = faults.length === 1 ? faults.join() : `${faults.length} settings are wrong:\n${lines}`;
  return new Fault(message, {
    id: 'settings',
    exitCode: exitCodes.usage,
    next: '--help lists the options; once they are right, --print-settings shows where each value comes from.',
  });
}

/** Takes each option from the source that wins, and validates it; then come the defaults. */
function resolveValues(layers: readonly Layer[], surroundings: Surroundings, notes: Notes) {
  const values: Record<string, unknown> = {};
  const origins = new Map<OptionName, string>();
  for (const name of optionNames) {
    const given = pick(layers, name);
    if (given === undefined) continue;
    values[name] = validated(optionOf(name), given, notes.faults);
    origins.set(name, given.origin);
  }
  for (const name of optionNames) {
    const { default: value } = optionOf(name);
    if (value === undefined || origins.has(name)) continue;
    values[name] = typeof value === 'function' ? value(values, surroundings) : value;
    origins.set(name, byDefault);
  }
  // Each value was parsed by the kind of its own option, which is what the type says.
  return { values: values as Values, origins };
}

function validated({ kind }: Option<unknown>, { raw, label }: Given, faults: string[]): unknown {
  const parsed = kind.parse(raw);
  if ('value' in parsed) return parsed.value;
  faults.push(`${label}: expected ${parsed.expected}; got ${shown(raw, kind.secret)}`);
  return undefined;
}

function shown(raw: unknown, isSecret = false): string {
  if (raw === '' || raw === undefined) return 'nothing';
  if (!isSecret) return JSON.stringify(raw);
  if (typeof raw !== 'string') return typeof raw;
  return JSON.stringify(maskDsn(raw) === raw ? '***' : maskDsn(raw));
}
