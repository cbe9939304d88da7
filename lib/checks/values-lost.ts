import type { Check } from '../documents/plan.js';
import type { ChangeFacts } from './check-facts.js';

/**
 * A column keeps its name and loses its values: DROP b + ADD b, or a conversion that makes everything the same. It may
 * be accepted: values go, no rows, and the server does as it is told.
 */
export function valuesLost({ probe }: ChangeFacts): Check[] {
  if (probe.tracer.kind !== 'known' || probe.tracer.lost.length === 0) return [];
  const columns = probe.tracer.lost.join(', ');
  return [
    {
      id: 'values-lost',
      level: 'danger',
      text: `Every value of ${columns} would be lost: the column is there afterwards, but empty or all the same.`,
      count: probe.tracer.lost.length,
      fix: 'Use MODIFY or CHANGE to keep the values. To throw them away on purpose, drop and add the column in two statements.',
    },
  ];
}
