import type { Reason } from '../documents/plan.js';
import { absentIds } from '../inspect/table.js';

/** The reasons that statements of several kinds give: each id stands here once. */
export const reasons = {
  inPlace: (what: string): Reason => ({ id: 'in-place', text: `Already in place: ${what}.` }),
  plain: (text: string): Reason => ({ id: 'plain', text }),
  noSuchTable: (labels: readonly string[]): Reason => ({
    id: absentIds.table,
    text: `There is no ${labels.join(', no ')}.`,
  }),
  serverRejects: ({ errno, message }: { errno: number; message: string }): Reason => ({
    id: errno === 1064 ? 'syntax' : 'server-rejects',
    text: `The server says (${errno}): ${message}`,
    errno,
  }),
} as const;
