import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Plan } from '../plan/plan.js';
import { subjectOf } from '../plan/subject.js';
import type { Request } from '../request.js';
import type { Io } from './io.js';

const limitMinutes = 30;

/**
 * Asks the person at the terminal to type the name of the table that the plan is about: that takes a look at the
 * plan. Undefined where there is no terminal to ask on.
 */
export function confirmation(io: Io): Request['confirm'] {
  return io.stdin.isTTY && io.stderr.isTTY ? (plan, signal) => ask(plan, signal, io) : undefined;
}

async function ask({ review, statements }: Plan, stop: AbortSignal, io: Io): Promise<boolean> {
  const asked = statements.find(
    ({ table, strategy }) =>
      table !== undefined &&
      strategy !== 'nothing' &&
      review.reasons.some(({ text }) => text.includes(table.name)),
  );
  const name = asked?.table?.name ?? subjectOf(statements[0] ?? { sql: '' });
  for (const { text } of review.reasons) io.stderr.write(`${text}\n`);
  io.stderr.write(`To go on with this plan type the name of the table (${name}): `);
  // The terminal echoes what is typed; readline would print it again.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: io.stdin, output: nowhere, terminal: false });
  const left = new AbortController();
  reader.on('close', () => left.abort());
  try {
    const signal = AbortSignal.any([stop, left.signal, AbortSignal.timeout(limitMinutes * 60_000)]);
    return (await reader.question('', { signal })).trim() === name;
  } catch {
    io.stderr.write('\n');
    return false; // nobody answered, or Ctrl-C: that is no
  } finally {
    reader.close();
  }
}
