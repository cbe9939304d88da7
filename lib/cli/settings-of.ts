import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { exitCodes } from '../exit-code.js';
import { Fault, wrongUsage } from '../fault.js';
import type { LoadedSettings } from '../settings/load.js';
import { settingLines, settingsAsText } from '../settings/print.js';
import { Secret } from '../settings/secret.js';
import type { Invocation } from './command.js';
import type { Io } from './io.js';
import { writeResult } from './output.js';

/** The settings of a command; a password is asked for where that is wanted. What is to be said about them is not said. */
export async function loadFor({ command, flags }: Invocation, io: Io): Promise<LoadedSettings> {
  const { loadSettings } = await import('../settings/load.js');
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
    throw wrongUsage(
      `--format: ${word} answers as text or json, got ${flags.format}.`,
      `alterwise ${word} --format json is for programs.`,
    );
  }
  const loaded = await loadFor(invocation, io);
  for (const text of loaded.warnings) io.stderr.write(`${text}\n`);
  return loaded;
}

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

const limitMinutes = 2;

/** Asks for a password on the terminal without showing it; undefined where there is no terminal to ask on. */
export function passwordPrompt(io: Io): ((prompt: string) => Promise<Secret>) | undefined {
  return io.stdin.isTTY && io.stderr.isTTY ? (prompt) => ask(prompt, io) : undefined;
}

async function ask(prompt: string, io: Io): Promise<Secret> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: io.stdin, output: nowhere, terminal: true });
  const left = new AbortController();
  reader.on('SIGINT', () => left.abort());
  reader.on('close', () => left.abort());
  io.stderr.write(prompt);
  try {
    const signal = AbortSignal.any([left.signal, AbortSignal.timeout(limitMinutes * 60_000)]);
    return new Secret(await reader.question('', { signal }));
  } catch (error) {
    throw new Fault('No password was given.', { id: 'password', exitCode: exitCodes.usage, cause: error });
  } finally {
    io.stderr.write('\n');
    reader.close();
  }
}
