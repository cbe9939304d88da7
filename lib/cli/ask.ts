import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Plan } from '../documents/plan.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Request } from '../plan/request.js';
import { Secret } from '../settings/secret.js';
import { tableLabel } from '../sql/names.js';
import { subjectOf } from '../text/labels.js';
import type { Io } from './io.js';

const confirmWithinMs = 30 * 60_000;
const passwordWithinMs = 2 * 60_000;
/** A typing mistake should not waste the planning, which may have taken minutes. */
const tries = 3;

/** Asks the person at the terminal to type the name of a table of the plan. Undefined if there is no terminal. */
export function confirmation(io: Io): Request['confirm'] {
  return isTerminal(io) ? (plan, signal) => confirm(plan, signal, io) : undefined;
}

/** Asks for a password on the terminal without showing it. Undefined if there is no terminal. */
export function passwordPrompt(io: Io): ((prompt: string) => Promise<Secret>) | undefined {
  return isTerminal(io) ? (prompt) => askPassword(prompt, io) : undefined;
}

function isTerminal({ stdin, stderr }: Io): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

async function confirm({ review, statements }: Plan, stop: AbortSignal, io: Io): Promise<boolean> {
  const asked = statements.find(
    ({ table, strategy }) =>
      table !== undefined &&
      strategy !== 'nothing' &&
      // With the blank, because shop.o is a prefix of shop.orders.
      review.reasons.some(({ text }) => text.includes(`${tableLabel(table)} `)),
  );
  const name = asked?.table?.name ?? subjectOf(statements[0] ?? { sql: '' });
  const names = [name, ...(asked?.table === undefined ? [] : [tableLabel(asked.table)])];
  for (const { text } of review.reasons) io.stderr.write(`${text}\n`);
  const prompt = () => io.stderr.write(`To run this plan, type the name of the table (${name}): `);
  const signal = AbortSignal.any([stop, AbortSignal.timeout(confirmWithinMs)]);
  // The terminal echoes what is typed.
  const reader = createInterface({ input: io.stdin, output: silence(), terminal: false, signal });
  try {
    prompt();
    let left = tries;
    for await (const line of reader) {
      const typed = line.trim();
      if (names.includes(typed)) return true;
      if (typed === '') return false;
      io.stderr.write(`That is not ${name}.\n`);
      if (--left === 0) return false;
      prompt();
    }
    io.stderr.write('\n');
    return false; // Ctrl-C, Ctrl-D or no answer
  } finally {
    reader.close();
  }
}

async function askPassword(prompt: string, io: Io): Promise<Secret> {
  const reader = createInterface({ input: io.stdin, output: silence(), terminal: true });
  const left = new AbortController();
  for (const event of ['SIGINT', 'close']) reader.on(event, () => left.abort());
  io.stderr.write(prompt);
  try {
    const signal = AbortSignal.any([left.signal, AbortSignal.timeout(passwordWithinMs)]);
    return new Secret(await reader.question('', { signal }));
  } catch (cause) {
    throw new Fault('No password was given.', { id: 'password', exitCode: exitCodes.usage, cause });
  } finally {
    io.stderr.write('\n');
    reader.close();
  }
}

/** Instead of the terminal, to which readline would write what is typed. */
function silence(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
