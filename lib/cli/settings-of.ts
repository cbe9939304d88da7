import type { LoadedSettings } from '../settings/load.js';
import type { Invocation } from './command.js';
import type { Io } from './io.js';

/** The settings of a command that plans nothing; what is to be said about them goes to standard error. */
export async function settingsOf({ command, flags }: Invocation, io: Io): Promise<LoadedSettings> {
  const { loadSettings } = await import('../settings/load.js');
  const { passwordPrompt } = await import('./ask-password.js');
  const askPassword = passwordPrompt(io);
  const { env, cwd, home } = io;
  const accepted = command.options;
  const loaded = await loadSettings({ flags, env, cwd, home, accepted, ...(askPassword && { askPassword }) });
  for (const text of loaded.warnings) io.stderr.write(`${text}\n`);
  return loaded;
}
