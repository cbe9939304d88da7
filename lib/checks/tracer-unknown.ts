import type { Check } from '../documents/plan.js';
import type { ChangeFacts } from './check-facts.js';

/** No row could be followed through the change, so only the definitions were compared. */
export function tracerUnknown({ probe }: ChangeFacts): Check[] {
  if (probe.tracer.kind !== 'unknown') return [];
  return [
    {
      id: 'tracer-unknown',
      level: 'unknown',
      text: `What becomes of the values was not tried: ${probe.tracer.why}.`,
      fix: 'Make sure that no column is dropped and added again under the same name.',
    },
  ];
}
