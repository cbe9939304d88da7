import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { exitCodes, Fault } from '../fault.js';
import { Secret } from '../settings/secret.js';
import type { Io } from './io.js';

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
