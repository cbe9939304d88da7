import type { Hazard } from './shared/hazard.js';

/** No row could be followed through the change, so only the definitions were compared. */
export const tracerUnknown: Hazard = {
  id: 'tracer-unknown',
  level: 'unknown',
  inChange({ probe: { tracer } }) {
    if (tracer.kind !== 'unknown') return undefined;
    return {
      text: `What the change does to the values was not tried: ${tracer.why}.`,
      fix: 'Make sure that no column is dropped and added again under the same name.',
    };
  },
};
