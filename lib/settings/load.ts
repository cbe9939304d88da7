import { join, resolve } from 'node:path';
import { exitCodes, Fault } from '../fault.js';
import { assemble } from './assemble.js';
import { configFileLayer } from './config-file.js';
import { checkTogether } from './consistency.js';
import { dsnLayer } from './dsn.js';
import { environmentLayer } from './environment.js';
import { flagLayer } from './flags.js';
import { type Layer, type Notes, pick } from './layer.js';
import { optionFileLayer } from './option-file.js';
import { type OptionName, optionNames, type Values } from './options.js';
import { resolveValues } from './resolve.js';
import type { Secret } from './secret.js';
import type { Settings } from './settings.js';

export interface SettingsInput {
  /** Flags by name without dashes, as the parser of arguments found them; repeated flags are arrays. */
  flags: Readonly<Record<string, unknown>>;
  env: NodeJS.ProcessEnv;
  cwd: string;
  home: string;
  /** The options that the command has; all of them by default. */
  accepted?: readonly OptionName[];
  /** Asks on the terminal; absent where there is none. */
  askPassword?: (prompt: string) => Promise<Secret>;
}

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
  return { settings: assemble(values, input), values, origins, warnings: notes.warnings };
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
