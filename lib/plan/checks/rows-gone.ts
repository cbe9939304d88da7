import type { Check } from '../plan.js';
import type { ChangeFacts } from './check-facts.js';

/** Rows that a clone held were gone after the change: DROP PARTITION deletes what the partition holds. */
export function rowsGone({ probe }: ChangeFacts): Check[] {
  if (probe.tracer.kind !== 'known' || !probe.tracer.rowsGone) return [];
  return [
    {
      id: 'rows-gone',
      level: 'warning',
      text: 'The change deletes rows: what is in a partition goes with it.',
      fix: 'Look at what the partition holds first; there is no way back.',
    },
  ];
}
