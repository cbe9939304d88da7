import type { ServerFacts } from '../../inspect/server.js';
import type { TableFacts } from '../../inspect/table.js';
import type { Emit } from '../../progress/event.js';
import type { Settings } from '../../settings/settings.js';
import type { Check } from '../plan.js';
import type { Question } from './question.js';

/** Where rows are read, and for how long. */
export interface AskContext {
  table: TableFacts;
  server: ServerFacts;
  settings: Settings;
  emit: Emit;
  signal: AbortSignal;
}

export async function askRows(questions: readonly Question[], _context: AskContext): Promise<Check[]> {
  return questions.map(({ finding: { id, about } }) => ({
    id,
    level: 'unknown',
    text: `It is not known ${about}.`,
  }));
}
