import { settingLines, settingsAsText } from '../settings/print.js';
import type { Invocation } from './command.js';
import type { Io } from './io.js';
import { writeResult } from './output.js';
import { loadFor } from './settings-of.js';

/** `--print-settings`: says each value and where it came from, instead of doing what the command does. */
export async function printSettings(invocation: Invocation, io: Io): Promise<number> {
  const loaded = await loadFor(invocation, io);
  for (const text of loaded.warnings) io.stderr.write(`${text}\n`);
  const { format, out } = loaded.settings;
  const document = { version: 1, settings: settingLines(loaded) };
  const text = format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : settingsAsText(loaded);
  await writeResult(text, out, io);
  return 0;
}
