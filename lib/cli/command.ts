import { namesFrom, type OptionGroup, type OptionName, options } from '../settings/options.js';
import type { Io } from './io.js';

/** One word of the command line, and what it takes. */
export interface Command {
  name: string;
  /** As yargs writes it: `[STATEMENT..]`. */
  takes?: string;
  description: string;
  options: readonly OptionName[];
  /** Whether a script may stand behind `--`. */
  takesScript?: true;
  /** Command lines without `alterwise`, and what they are for. */
  examples?: readonly (readonly [commandLine: string, description?: string])[];
  /** Does it, and gives the exit code. What it throws is reported by `main`. */
  execute(invocation: Invocation, io: Io): Promise<number>;
}

/** A command line that was understood, but not yet validated. */
export interface Invocation {
  command: Command;
  positionals: readonly string[];
  /** The command behind `--`. */
  script?: readonly string[];
  /** As it was given, with the command. */
  argv: readonly string[];
  /** By name without dashes; repeated flags are arrays. */
  flags: Readonly<Record<string, unknown>>;
}

/** The options of some groups that can be flags. */
export function optionsOf(...groups: OptionGroup[]): OptionName[] {
  return namesFrom('flag').filter((name) => groups.includes(options[name].group));
}

/** Of a command that plans a change. */
export function planningOptions(except: readonly OptionName[]): OptionName[] {
  const all = optionsOf(
    'Statement',
    'Connection',
    'Method',
    'Checks',
    'Review',
    'gh-ost',
    'Output',
    'Configuration',
  );
  return all.filter((name) => !['apply', 'detach', ...except].includes(name));
}
