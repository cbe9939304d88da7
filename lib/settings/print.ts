import type { LoadedSettings } from './load.js';
import { type OptionName, optionNames, optionOf } from './options.js';

/** One line of `--print-settings`. */
interface SettingLine {
  name: OptionName;
  /** As it would be written on the command line; absent if there is none. */
  value?: string;
  origin: string;
}

/** Every setting with its value and where it came from; secrets are masked. */
export function settingLines(loaded: LoadedSettings): SettingLine[] {
  const settings = optionNames.filter((name) => optionOf(name).reach !== 'flag');
  return settings.map((name) => {
    const value = written(name, loaded);
    const { defaultText } = optionOf(name);
    const origin = loaded.origins.get(name) ?? (defaultText ? `default: ${defaultText}` : 'not set');
    return value === undefined ? { name, origin } : { name, value, origin };
  });
}

/** The same as a table for people. */
export function settingsAsText(loaded: LoadedSettings): string {
  const lines = settingLines(loaded);
  const width = Math.max(...lines.map(({ name }) => name.length));
  const values = lines.map(({ value }) => value ?? '-');
  const valueWidth = Math.min(40, Math.max(...values.map((value) => value.length)));
  return lines
    .map(
      ({ name, origin }, i) => `${name.padEnd(width)}  ${(values[i] ?? '').padEnd(valueWidth)}  ${origin}\n`,
    )
    .join('');
}

function written(name: OptionName, { values, settings }: LoadedSettings): string | undefined {
  const value = name === 'ssl-mode' ? settings.connection.tls.mode : values[name];
  return value === undefined ? undefined : optionOf(name).kind.write(value) || undefined;
}
