import type { Hazard } from './shared/hazard.js';

/**
 * A column keeps its name and loses its values: DROP b + ADD b, or a conversion that makes all values equal. It may be
 * accepted: no rows are lost, and the server does what the statement says.
 */
export const valuesLost: Hazard = {
  id: 'values-lost',
  level: 'danger',
  inChange({ probe: { tracer } }) {
    if (tracer.kind !== 'known' || tracer.lost.length === 0) return undefined;
    return {
      text: `Every value of ${tracer.lost.join(', ')} would be lost: the column would exist, but be empty or the same in every row.`,
      count: tracer.lost.length,
      fix: 'Use MODIFY or CHANGE to keep the values. To discard them on purpose, drop and add the column in two statements.',
    };
  },
};
