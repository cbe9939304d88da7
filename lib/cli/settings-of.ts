import { exitCodes, Fault } from '../fault.js';
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

/**
 * The same for a command that plans nothing; what is to be said about them goes to standard error.
 * @throws {Fault} exit code 2 where a page was asked for, which it has not
 */
export async function settingsOf(invocation: Invocation, io: Io): Promise<LoadedSettings> {
  const { command, flags } = invocation;
  if (flags.format === 'markdown' || flags.format === 'html') {
    const [word] = command.usage.split(' ');
    throw new Fault(`--format: ${word} answers as text or json, got ${flags.format}.`, {
      id: 'usage',
      exitCode: exitCodes.usage,
      next: `alterwise ${word} --format json is for programs.`,
    });
  }
  const loaded = await loadFor(invocation, io);
  for (const text of loaded.warnings) io.stderr.write(`${text}\n`);
  return loaded;
}
