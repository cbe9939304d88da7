import { homedir } from 'node:os';
import { loadSettings as load, type LoadedSettings, type SettingsInput } from '../settings/load.js';

/**
 * Reads the settings as the command line does: `flags`, then the environment, the config file, MySQL's option file,
 * and defaults.
 *
 * @param input - Each has a default: no flags, and the environment, working directory and home of this process.
 *   Flags have the names of options, without dashes in front.
 * @throws {@link Fault} `settings` (exit code 2) with everything that is wrong.
 *
 * @example
 * ```ts
 * import { Fault, loadSettings } from 'alterwise';
 *
 * const { settings } = await loadSettings({ flags: { strategy: 'direct', 'lock-budget': '10s' } });
 * console.log(settings.lockBudgetMs); // 10000
 * await loadSettings({ flags: { strategy: 'fastest' } }).catch((error: unknown) => {
 *   if (!(error instanceof Fault)) throw error;
 *   console.log(error.id, error.exitCode); // settings 2
 * });
 * ```
 */
export function loadSettings(input: Partial<SettingsInput> = {}): Promise<LoadedSettings> {
  return load({ flags: {}, env: process.env, cwd: process.cwd(), home: homedir(), ...input });
}
