import type { Steering } from '../runs/steering.js';
import type { Gate } from './gate.js';

/** A run that was told to pause does not swap either. */
export function pauseGate(steering: Pick<Steering, 'paused'> | undefined): Gate {
  return async () =>
    steering?.paused === true
      ? { id: 'cut-over-paused', text: 'somebody to say alterwise resume' }
      : undefined;
}
