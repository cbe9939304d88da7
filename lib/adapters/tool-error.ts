import { type ExitCode, exitCodes, Fault } from '../fault.js';
import type { StatementResult } from '../plan/result.js';

/** How a statement ended that alterwise did not carry out, or not to its end. */
export type Ending = Pick<StatementResult, 'sql' | 'outcome' | 'exitCode' | 'reason' | 'state' | 'next'> &
  Partial<StatementResult>;

/** As mysql2 gives errors of the server, and how the statement ended. */
export interface ToolError extends Error {
  code: string;
  errno: number;
  sqlState: string;
  sqlMessage: string;
  sql: string;
  alterwise: Ending;
}

interface ServerCode {
  errno: number;
  code: string;
  sqlState: string;
}

/** What the server would have answered, by the id of the reason: tools make errors of their own of these. */
const serverCodes: Readonly<Record<string, ServerCode>> = {
  'no-such-table': { errno: 1146, code: 'ER_NO_SUCH_TABLE', sqlState: '42S02' },
  'duplicate-key': { errno: 1062, code: 'ER_DUP_ENTRY', sqlState: '23000' },
  'server-1062': { errno: 1062, code: 'ER_DUP_ENTRY', sqlState: '23000' },
  orphans: { errno: 1452, code: 'ER_NO_REFERENCED_ROW_2', sqlState: '23000' },
  'server-1452': { errno: 1452, code: 'ER_NO_REFERENCED_ROW_2', sqlState: '23000' },
  'null-values': { errno: 1138, code: 'ER_INVALID_USE_OF_NULL', sqlState: '22004' },
};

const lockTimeout: ServerCode = { errno: 1205, code: 'ER_LOCK_WAIT_TIMEOUT', sqlState: 'HY000' };

/** The error of a statement that did not end well. */
export function toolError(ending: Ending): ToolError {
  const { sql, reason, state, next } = ending;
  const message = [reason.text, state, next && `Next: ${next}`].filter(Boolean).join('\n');
  return Object.assign(new Error(message), codeOf(ending), {
    sqlMessage: reason.text,
    sql,
    alterwise: ending,
  });
}

/** The same of a Fault: nothing was begun. Anything else is returned as it is. */
export function asToolError(error: unknown, sql: string): Error {
  if (!(error instanceof Fault)) return error instanceof Error ? error : new Error(String(error));
  const { id, exitCode, message, state, next } = error;
  const outcome = exitCode === exitCodes.aborted ? 'aborted' : 'refused';
  return toolError({
    sql,
    outcome,
    exitCode,
    reason: { id, text: message },
    state,
    ...(next !== undefined && { next }),
  });
}

function codeOf({ reason, exitCode }: Ending): ServerCode {
  if (exitCode === exitCodes.lockTimeout) return lockTimeout;
  return (
    serverCodes[reason.id] ?? {
      errno: 1105, // ER_UNKNOWN_ERROR
      code: `ALTERWISE_${nameOf(exitCode)}`,
      sqlState: 'HY000',
    }
  );
}

/** `reviewRequired` becomes REVIEW_REQUIRED. */
function nameOf(exitCode: ExitCode): string {
  const [name = 'unknown'] = Object.entries(exitCodes).find(([, code]) => code === exitCode) ?? [];
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
