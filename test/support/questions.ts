import { questionsOf } from '../../lib/checks/all.js';
import type { ChangeFacts } from '../../lib/checks/shared/facts.js';
import { presentRows } from '../../lib/checks/shared/rows-ahead.js';
import type { Question } from '../../lib/rows/question.js';

/** What some hazards ask of the rows. */
export function questionsBy(facts: ChangeFacts, ...ids: string[]): Question[] {
  return questionsOf(facts, {
    rows: presentRows(facts.table.name, facts.table.columns),
    whyOthers: () => undefined,
  }).filter(({ finding }) => ids.includes(finding.id));
}
