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
  systemVersioned: (): Reason => ({
    id: 'system-versioned',
    text: 'The table keeps the history of its rows (WITH SYSTEM VERSIONING), and the server lets no statement alter it while system_versioning_alter_history is ERROR.',
  }),
} as const;
