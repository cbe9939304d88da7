import type { LoadedSettings } from '../settings/load.js';
import type { Invocation } from './command.js';
import type { Io } from './io.js';

/** The settings of a command; a password is asked for where that is wanted. What is to be said about them is not said. */
export async function loadFor({ command, flags }: Invocation, io: Io): Promise<LoadedSettings> {
  const { loadSettings } = await import('../settings/load.js');
  const { passwordPrompt } = await import('./ask-password.js');
  const askPassword = passwordPrompt(io);
  const { env, cwd, home } = io;
  const accepted = command.options;
  return loadSettings({ flags, env, cwd, home, accepted, ...(askPassword && { askPassword }) });
}

/** The same for a command that plans nothing; what is to be said about them goes to standard error. */
export async function settingsOf(invocation: Invocation, io: Io): Promise<LoadedSettings> {
  const loaded = await loadFor(invocation, io);
  for (const text of loaded.warnings) io.stderr.write(`${text}\n`);
  return loaded;
}
