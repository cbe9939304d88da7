import type { Event } from '../../lib/documents/event.js';
import { Steering } from '../../lib/runs/steering.js';
import { ghostsOn, type Holder, type Stage } from './ghost-stage.js';

export interface Meeting {
  /** For the request, with its checksum off: it does not swap before gh-ost is found. */
  steering: Steering;
  emit(event: Event): void;
}

/**
 * Somebody, such as a transaction, takes hold of the table when the first attempt to swap has begun, and before gh-ost
 * asks for its lock: nobody can have seen it and waited for it. gh-ost is held still meanwhile.
 * @param then done when it holds the table
 */
export function meetSwap(
  { schema }: Stage,
  holder: Pick<Holder, 'take'>,
  then: () => void = () => {},
): Meeting {
  const steering = new Steering();
  steering.paused = true;
  let pid: number | undefined;
  let swaps = 0;
  return {
    steering,
    emit(event) {
      if (event.type !== 'phase') return;
      if (event.phase === 'wait-cut-over' && pid === undefined) {
        void ghostsOn(schema.name).then(([ghost]) => {
          pid = ghost?.pid;
          steering.paused = false;
        });
      }
      if (event.phase !== 'cut-over' || ++swaps > 1 || pid === undefined) return;
      const ghost = pid;
      process.kill(ghost, 'SIGSTOP');
      void holder.take().then(() => {
        process.kill(ghost, 'SIGCONT');
        then();
      });
    },
  };
}
