import type { Test } from 'tap';
import { askRows } from '../../lib/checks/shared/ask-rows.js';
import type { Event } from '../../lib/documents/event.js';
import type { Check } from '../../lib/documents/plan.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { inspectTable } from '../../lib/inspect/table.js';
import type { KeyQuestion, Question, RowQuestion } from '../../lib/rows/question.js';
import type { Settings } from '../../lib/settings/settings.js';
import type { Schema } from '../servers.js';
import { sessionFor } from './probing.js';
import { type Account, settingsFor } from './settings.js';

export function rowsWhere(offends: string, id = 'test-rows'): RowQuestion {
  return { kind: 'rows', offends, finding: findingOf(id) };
}

export function keyOf(...parts: string[]): KeyQuestion {
  return { kind: 'key', parts, finding: findingOf('test-key') };
}

function findingOf(id: string): RowQuestion['finding'] {
  return {
    id,
    level: 'danger',
    text: (count) => `${count} offend.`,
    fix: 'Fix it.',
    about: 'whether rows offend',
    final: true,
  };
}

export interface Asking {
  settings?: Partial<Settings>;
  signal?: AbortSignal;
  emit?: (event: Event) => void;
}

/** @returns what asks the rows of a table of the schema */
export async function asker(t: Test, account: Account, schema: Schema) {
  const session = await sessionFor(t, account);
  const server = await inspectServer(session);
  return async (name: string, questions: readonly Question[], asking: Asking = {}): Promise<Check[]> => {
    const { signal = new AbortController().signal, emit = () => {} } = asking;
    const table = await inspectTable(session, server, { schema: schema.name, name });
    const settings = settingsFor(account, asking.settings);
    return askRows(questions, { table, server, settings, emit, signal });
  };
}

/** `--check-time`, and nothing else. */
export function within(timeMs: number, from?: Settings['checks']['from']): Partial<Settings> {
  return { checks: { timeMs, accept: [], forecast: 'rates', ...(from && { from }) } };
}

/** A table `numbers` of 2^power rows with i = 1, 2, 3 … */
export async function makeNumbers(schema: Schema, power: number): Promise<void> {
  await schema.query('CREATE TABLE numbers (i INT NOT NULL AUTO_INCREMENT PRIMARY KEY)');
  await schema.query('INSERT INTO numbers VALUES (1)');
  for (let n = 0; n < power; n++) {
    await schema.query(`INSERT INTO numbers SELECT i + ${2 ** n} FROM numbers`);
  }
}
