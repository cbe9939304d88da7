import type { Steering } from '../runs/steering.js';
import type { Gate } from './gate.js';

/** `--cut-over manual`: a person says when. */
export function manualGate(
  when: 'auto' | 'manual',
  steering: Pick<Steering, 'cutOverAsked'> | undefined,
): Gate {
  return async () => {
    if (when === 'auto' || steering?.cutOverAsked === true) return undefined;
    return { id: 'cut-over-manual', text: 'somebody to say alterwise cut-over' };
  };
}
