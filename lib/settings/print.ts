import type { LoadedSettings } from './load.js';
import { namesFrom, type OptionName, optionOf } from './options.js';

/** One line of `--print-settings`. */
interface SettingLine {
  name: OptionName;
  /** As it would be written on the command line; absent if there is none. */
  value?: string;
  origin: string;
}

/** Every setting with its value and where it came from; secrets are masked. */
export function settingLines({ values, origins }: LoadedSettings): SettingLine[] {
  return namesFrom('environment').map((name) => {
    const { defaultText, kind } = optionOf(name);
    const given = values[name];
    const value = given === undefined ? '' : kind.write(given);
    const origin = origins.get(name) ?? (defaultText ? `default: ${defaultText}` : 'not set');
    return value === '' ? { name, origin } : { name, value, origin };
  });
}

/** The same as a table for people. */
export function settingsAsText(loaded: LoadedSettings): string {
  const lines = settingLines(loaded).map(({ name, value = '-', origin }) => ({ name, value, origin }));
  const width = Math.max(...lines.map(({ name }) => name.length));
  const valueWidth = Math.min(40, Math.max(...lines.map(({ value }) => value.length)));
  return lines
    .map(({ name, value, origin }) => `${name.padEnd(width)}  ${value.padEnd(valueWidth)}  ${origin}\n`)
    .join('');
}
