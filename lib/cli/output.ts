import { rename, rm, writeFile } from 'node:fs/promises';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Settings } from '../settings/settings.js';
import type { TextStyle } from '../text/layout.js';
import { type Io, isClosedStream, type Sink } from './io.js';

/**
 * Writes a plan or a result: to standard output, or to the file `out`, which is there in full or not at all.
 * @throws {Fault} `output` (exit 11) if it could not be written; the text is then on standard error
 */
export async function writeResult(text: string, out: string | undefined, io: Io): Promise<void> {
  try {
    if (out === undefined) await writeAll(io.stdout, text);
    else await replaceFile(out, text);
  } catch (cause) {
    await writeAll(io.stderr, text);
    throw new Fault(`The result could not be written to ${out ?? 'standard output'}: ${String(cause)}`, {
      id: 'output',
      exitCode: exitCodes.environment,
      state: 'The text above is the result.',
      cause,
    });
  }
}

/** What a command that plans nothing answers: as a document, or for people. */
export async function writeAnswer(
  document: object,
  asText: (style: TextStyle) => string,
  { format, color }: Pick<Settings, 'format' | 'color'>,
  io: Io,
): Promise<void> {
  const text =
    format === 'json' ? asDocument({ version: 1, ...document }) : asText(styleOf(io.stdout, color));
  await writeResult(text, undefined, io);
}

export function asDocument(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Writes a text and waits until it is out. That nobody reads any more is no error. */
export async function writeAll(stream: Sink, text: string): Promise<void> {
  await new Promise<void>((done, failed) => {
    stream.write(text, (error) => (error && !isClosedStream(error) ? failed(error) : done()));
  });
}

async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** How text looks on a terminal, or without one. */
export function styleOf(stdout: Sink | undefined, color: boolean): TextStyle {
  const isTerminal = stdout?.isTTY === true;
  return { color: color && isTerminal, columns: isTerminal ? (stdout.columns ?? 80) : 100 };
}
