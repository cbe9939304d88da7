import { exitCodes } from '../fault.js';
import type { Choice } from './choice.js';

/**
 * The server refuses the change on an empty table: either the statement is wrong (exit code 2), or what ties
 * the table to others forbids it (exit code 4).
 */
export function rejection(probe: {
  errno: number;
  message: string;
}): Pick<Choice, 'strategy' | 'reasons' | 'refusal'> {
  const tied = foreignKeyErrors.has(probe.errno);
  const next =
    probe.errno === 1064
      ? 'Mend the statement at the place that the server names.'
      : tied
        ? 'Drop the foreign key first, or change both tables; see the message.'
        : 'Compare the statement with the definition of the table (SHOW CREATE TABLE).';
  return {
    strategy: 'refuse',
    reasons: [
      {
        id: probe.errno === 1064 ? 'syntax' : 'server-rejects',
        text: `The server says (${probe.errno}): ${probe.message}`,
        errno: probe.errno,
      },
    ],
    refusal: { exitCode: tied ? exitCodes.refused : exitCodes.usage, next },
  };
}

/** Needed in a foreign key, incompatible with the other side, or referenced. */
const foreignKeyErrors = new Set([1025, 1217, 1451, 1452, 1553, 1828, 1829, 1832, 1833, 1834, 3776, 3780]);
