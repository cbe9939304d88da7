import { questionsOf } from '../../lib/checks/all.js';
import type { ChangeFacts } from '../../lib/checks/shared/facts.js';
import type { Question } from '../../lib/rows/question.js';

/** What some hazards ask of the rows. */
export function questionsBy(facts: ChangeFacts, ...ids: string[]): Question[] {
  return questionsOf(facts).filter(({ finding }) => ids.includes(finding.id));
}
