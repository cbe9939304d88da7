import { wrongUsage } from '../fault.js';
import { type LoadedSettings, loadSettings } from '../settings/load.js';
import { settingLines, settingsAsText } from '../settings/print.js';
import { passwordPrompt } from './ask.js';
import type { Invocation } from './command.js';
import type { Io } from './io.js';
import { asDocument, writeResult } from './output.js';

/** The settings of a command; a password is asked for if that is wanted. Their warnings are still to be shown. */
export async function loadFor({ command, flags }: Invocation, io: Io): Promise<LoadedSettings> {
  const askPassword = passwordPrompt(io);
  const { env, cwd, home } = io;
  const accepted = command.options;
  return loadSettings({ flags, env, cwd, home, accepted, ...(askPassword && { askPassword }) });
}

/**
 * The same for a command that plans nothing; their warnings go to standard error.
 * @throws {Fault} exit code 2 if a page was asked for, which it has not
 */
export async function settingsOf(invocation: Invocation, io: Io): Promise<LoadedSettings> {
  const loaded = await loadFor(invocation, io);
  const { command, flags } = invocation;
  if (flags.format === 'markdown' || flags.format === 'html') {
    throw wrongUsage(
      `--format: ${command.name} answers as text or json, got ${flags.format}.`,
      `alterwise ${command.name} --format json is for programs.`,
    );
  }
  for (const text of loaded.warnings) io.stderr.write(`${text}\n`);
  return loaded;
}

/** `--print-settings`: says each value and where it came from, instead of doing what the command does. */
export async function printSettings(invocation: Invocation, io: Io): Promise<number> {
  const loaded = await loadFor(invocation, io);
  for (const text of loaded.warnings) io.stderr.write(`${text}\n`);
  const { format, out } = loaded.settings;
  const document = { version: 1, settings: settingLines(loaded) };
  await writeResult(format === 'json' ? asDocument(document) : settingsAsText(loaded), out, io);
  return 0;
}
