import { join, resolve } from 'node:path';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { assemble } from './assemble.js';
import { checkTogether, type SettingsInput } from './consistency.js';
import { dsnLayer } from './dsn.js';
import {
  configFileLayer,
  environmentLayer,
  flagLayer,
  type Given,
  type Layer,
  type Notes,
  pick,
} from './layers.js';
import { optionFileLayer } from './option-file.js';
import { type Option, type OptionName, optionNames, optionOf, type Values } from './options.js';
import { maskDsn } from './secret.js';
import type { Settings } from './settings.js';

export interface LoadedSettings {
  settings: Settings;
  /** Every option that has a value, also those of the invocation (`--file`, `--dry-run`). */
  values: Values;
  /** Where each value came from. */
  origins: ReadonlyMap<OptionName, string>;
  warnings: readonly string[];
}

/**
 * Reads the settings: flag, environment, config file, MySQL option file, default, in this order.
 *
 * @throws Fault `settings` (exit 2) with everything that is wrong, each naming the option, what was expected and
 *   what was got.
 */
export async function loadSettings(input: SettingsInput): Promise<LoadedSettings> {
  const notes: Notes = { faults: [], warnings: [] };
  const layers = await readLayers(input, notes);
  const { values, origins } = resolveValues(layers, notes);
  await checkTogether(values, layers, input, notes);
  if (notes.faults.length > 0) throw wrongSettings(notes.faults);
  if (values['ask-password'] && input.askPassword) {
    values.password = await input.askPassword(`Password of ${values.user}@${values.socket ?? values.host}: `);
    origins.set('password', 'terminal');
  }
  return {
    settings: assemble(values, input, (read) => input.connection?.(read, origins) ?? read),
    values,
    origins,
    warnings: notes.warnings,
  };
}

async function readLayers(input: SettingsInput, notes: Notes): Promise<Layer[]> {
  const accepted = input.accepted ?? optionNames;
  const early = [flagLayer(input.flags, accepted, notes), environmentLayer(input.env, accepted, notes)];
  const config = pick(early, 'config')?.raw;
  const defaults = pick(early, 'defaults-file')?.raw;
  return withDsn(
    [
      ...early,
      await configFileLayer(config === undefined ? undefined : String(config), input.cwd, notes),
      defaults === undefined
        ? await optionFileLayer(join(input.home, '.my.cnf'), false, notes)
        : await optionFileLayer(resolve(input.cwd, String(defaults)), true, notes),
    ],
    notes,
  );
}

/** The parts of a DSN stand just behind the source that it came from: `--host` wins over the host in `--dsn`. */
function withDsn(layers: Layer[], notes: Notes): Layer[] {
  const dsn = pick(layers, 'dsn');
  return dsn ? layers.toSpliced(dsn.rank + 1, 0, dsnLayer(dsn, notes)) : layers;
}

function wrongSettings(faults: readonly string[]): Fault {
  const [only] = faults;
  const message =
    faults.length === 1 && only !== undefined
      ? only
      : `${faults.length} settings are wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`;
  return new Fault(message, {
    id: 'settings',
    exitCode: exitCodes.usage,
    next: '--help lists the options; once they are right, --print-settings shows where each value comes from.',
  });
}

/**
 * Takes each option from the source that wins, and validates it.
 *
 * @returns The values, and where each came from.
 */
export function resolveValues(
  layers: readonly Layer[],
  notes: Notes,
): { values: Values; origins: Map<OptionName, string> } {
  const values: Record<string, unknown> = {};
  const origins = new Map<OptionName, string>();
  for (const name of optionNames) {
    const option = optionOf(name);
    const given = pick(layers, name);
    const value = given ? validated(option, given, notes) : defaultOf(option);
    if (value === undefined) continue;
    values[name] = value;
    origins.set(name, given?.origin ?? 'default');
  }
  // Each value was parsed by the kind of its own option, which is what the type says.
  return { values: values as Values, origins };
}

function validated(option: Option<unknown>, given: Given, notes: Notes): unknown {
  const parsed = option.kind.parse(given.raw);
  if ('value' in parsed) return parsed.value;
  notes.faults.push(`${given.label}: expected ${parsed.expected}; got ${shown(option, given.raw)}`);
  return undefined;
}

function shown(option: Option<unknown>, raw: unknown): string {
  if (raw === '' || raw === undefined) return 'nothing';
  if (!option.kind.secret) return JSON.stringify(raw);
  return typeof raw === 'string' ? JSON.stringify(maskDsn(raw) === raw ? '***' : maskDsn(raw)) : typeof raw;
}

function defaultOf(option: Option<unknown>): unknown {
  return typeof option.default === 'function' ? option.default() : option.default;
}
