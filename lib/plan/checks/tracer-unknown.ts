import type { Probe } from '../../probe/probe.js';
import type { Check } from '../plan.js';

/** No row could be followed through the change, so only the definitions were compared. */
export function tracerUnknown(probe: Probe): Check | undefined {
  if (probe.kind !== 'applies' || probe.tracer.kind !== 'unknown') return undefined;
  return {
    id: 'tracer-unknown',
    level: 'unknown',
    text: `What becomes of the values was not tried: ${probe.tracer.why}.`,
    fix: 'Make sure that no column is dropped and added again under the same name.',
  };
}
