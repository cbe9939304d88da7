import type { Reason } from '../documents/plan.js';
import { aborted } from '../fault.js';
import { connectionLost } from '../mysql/errors.js';

/** The reasons that endings of more than one engine give: each id stands here once. */
export const reasons = {
  connectionLost,
  done: (text: string): Reason => ({ id: 'done', text }),
  aborted: (text = 'Stopped on request.'): Reason => aborted(text),
  lockTimeout: (text: string): Reason => ({ id: 'lock-timeout', text }),
  drifted: (text: string): Reason => ({ id: 'drifted', text }),
  notAsPromised: (text: string): Reason => ({ id: 'not-as-promised', text }),
  notCompared: (text: string): Reason => ({ id: 'not-compared', text }),
  serverRefused: (errno: number, said: string, how = ''): Reason => ({
    id: `server-${errno}`,
    text: `The server refused it${how}: ${said}`,
  }),
} as const;

/** What to do when somebody else has changed the table. */
export const planAgain = 'Plan the change again.';
