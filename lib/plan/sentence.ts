import { oneLine } from './human.js';
import type { PlannedAlter, PlannedPlain } from './plan.js';
import { alterSentence } from './sentence/alter.js';
import { plainSentence } from './sentence/plain.js';
import { subjectOf } from './subject.js';

/** One plain sentence for the ticket: what is locked, for how long, and who notices. */
export function sentence(statement: Omit<PlannedAlter, 'sentence'> | Omit<PlannedPlain, 'sentence'>): string {
  const subject = subjectOf(statement);
  if (statement.strategy === 'nothing') return `Nothing is done: for ${subject} it is in place already.`;
  if (statement.strategy === 'refuse') {
    const why = oneLine(statement.reasons[0]?.text ?? 'see the checks').replace(/\.$/, '');
    return `${subject} stays as it is, because the change is refused: ${why}.`;
  }
  return statement.kind === 'alter' ? alterSentence(statement) : plainSentence(statement);
}
