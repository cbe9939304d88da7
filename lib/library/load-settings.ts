import { homedir } from 'node:os';
import { loadSettings as load } from '../settings/load.js';
import type { Settings } from '../settings/settings.js';

/** Where settings are read from. */
export interface SettingsSources {
  /** Options of the command line, without the dashes in front: `{ host: 'db1', 'lock-budget': '10s' }`. */
  flags?: Readonly<Record<string, unknown>>;
  /** By default that of this process, as are the next two. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  home?: string;
}

/** Settings that {@link plan} and {@link run} take. */
export interface LoadedSettings {
  settings: Settings;
  /** For people: what was read, but should be changed. */
  warnings: readonly string[];
}

/**
 * Reads the settings as the command line does: `flags`, then the environment, the config file, MySQL's option file,
 * and defaults.
 *
 * @throws {@link Fault} `settings` (exit code 2) that lists everything that is wrong.
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
export async function loadSettings(sources: SettingsSources = {}): Promise<LoadedSettings> {
  const { flags = {}, env = process.env, cwd = process.cwd(), home = homedir() } = sources;
  const { settings, warnings } = await load({ flags, env, cwd, home });
  return { settings, warnings };
}
