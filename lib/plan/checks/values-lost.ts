import type { Probe } from '../../probe/probe.js';
import type { Check } from '../plan.js';

/** A column keeps its name and loses its values: DROP b + ADD b, or a conversion that makes everything the same. */
export function valuesLost(probe: Probe): Check | undefined {
  if (probe.kind !== 'applies' || probe.tracer.kind !== 'known' || probe.tracer.lost.length === 0)
    return undefined;
  const columns = probe.tracer.lost.join(', ');
  return {
    id: 'values-lost',
    level: 'danger',
    text: `Every value of ${columns} would be lost: the column is there afterwards, but empty or all the same.`,
    count: probe.tracer.lost.length,
    fix: 'Use MODIFY or CHANGE to keep the values. To throw them away on purpose, drop and add the column in two statements.',
  };
}
