import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Plan } from '../documents/plan.js';
import type { Request } from '../plan/request.js';
import { tableLabel } from '../sql/names.js';
import { subjectOf } from '../text/labels.js';
import type { Io } from './io.js';

const limitMinutes = 30;
/** A typing mistake should not waste the planning, which may have taken minutes. */
const tries = 3;

/** Asks the person at the terminal to type the name of a table of the plan. Undefined if there is no terminal. */
export function confirmation(io: Io): Request['confirm'] {
  return io.stdin.isTTY && io.stderr.isTTY ? (plan, signal) => ask(plan, signal, io) : undefined;
}

async function ask({ review, statements }: Plan, stop: AbortSignal, io: Io): Promise<boolean> {
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
  // The terminal echoes what is typed; readline would print it again.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const signal = AbortSignal.any([stop, AbortSignal.timeout(limitMinutes * 60_000)]);
  const reader = createInterface({ input: io.stdin, output: nowhere, terminal: false, signal });
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
