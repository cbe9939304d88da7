import type { Reason } from '../documents/plan.js';
import type { StatementResult } from '../documents/result.js';
import { type ExitCode, exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { absentIds } from '../inspect/table.js';
import { tell } from '../scripts/script-folder.js';

/** An error of the server in mysql2's form, and how the statement ended. */
export interface ToolError extends Error {
  code: string;
  errno: number;
  sqlState: string;
  sqlMessage: string;
  sql: string;
  alterwise: StatementResult;
}

interface ServerCode {
  errno: number;
  code: string;
  sqlState: string;
}

/** Errors for which tools have classes of their own (MySQL 9.7 manual, "Server Error Message Reference"). */
const serverCodes: readonly ServerCode[] = [
  { errno: 1005, code: 'ER_CANT_CREATE_TABLE', sqlState: 'HY000' },
  { errno: 1054, code: 'ER_BAD_FIELD_ERROR', sqlState: '42S22' },
  { errno: 1060, code: 'ER_DUP_FIELDNAME', sqlState: '42S21' },
  { errno: 1061, code: 'ER_DUP_KEYNAME', sqlState: '42000' },
  { errno: 1062, code: 'ER_DUP_ENTRY', sqlState: '23000' },
  { errno: 1064, code: 'ER_PARSE_ERROR', sqlState: '42000' },
  { errno: 1068, code: 'ER_MULTIPLE_PRI_KEY', sqlState: '42000' },
  { errno: 1072, code: 'ER_KEY_COLUMN_DOES_NOT_EXITS', sqlState: '42000' },
  { errno: 1091, code: 'ER_CANT_DROP_FIELD_OR_KEY', sqlState: '42000' },
  { errno: 1138, code: 'ER_INVALID_USE_OF_NULL', sqlState: '22004' },
  { errno: 1146, code: 'ER_NO_SUCH_TABLE', sqlState: '42S02' },
  { errno: 1205, code: 'ER_LOCK_WAIT_TIMEOUT', sqlState: 'HY000' },
  { errno: 1452, code: 'ER_NO_REFERENCED_ROW_2', sqlState: '23000' },
  { errno: 1553, code: 'ER_DROP_INDEX_FK', sqlState: 'HY000' },
  { errno: 1824, code: 'ER_FK_CANNOT_OPEN_PARENT', sqlState: 'HY000' },
];

/** What the server would have answered if alterwise had not checked first, by the id of the reason. */
const predicted: Readonly<Record<string, number>> = {
  [absentIds.table]: 1146,
  'duplicate-key': 1062,
  orphans: 1452,
  'null-values': 1138,
};

/** The error of a statement that was not made. */
export function toolError(ending: StatementResult): ToolError {
  const { sql, reason, state, next } = ending;
  const message = [reason.text, state, next && `Next: ${next}`].filter(Boolean).join('\n');
  return Object.assign(new Error(message), codeOf(ending), {
    sqlMessage: reason.text,
    sql,
    alterwise: ending,
  });
}

/** What a tool gets for a statement that was not made, whatever was thrown; reported to alterwise too if it runs the script. */
export function failure(error: unknown, sql: string): Error {
  const failed = error instanceof Fault ? toolError(endingOf(error, sql)) : error;
  if (isToolError(failed)) tell({ kind: 'result', result: failed.alterwise });
  return failed instanceof Error ? failed : new Error(String(failed));
}

/** Of a statement that was not started. */
function endingOf({ id, exitCode, message, state, next }: Fault, sql: string): StatementResult {
  return {
    sql,
    strategy: 'refuse',
    outcome: exitCode === exitCodes.aborted ? 'aborted' : 'refused',
    exitCode,
    reason: { id, text: message },
    state,
    ...(next !== undefined && { next }),
  };
}

function isToolError(error: unknown): error is ToolError {
  return error instanceof Error && 'alterwise' in error;
}

function codeOf({ reason, exitCode }: StatementResult): ServerCode {
  const errno = exitCode === exitCodes.lockTimeout ? 1205 : errnoOf(reason);
  if (errno === undefined) return { errno: 1105, code: `ALTERWISE_${nameOf(exitCode)}`, sqlState: 'HY000' };
  const known = serverCodes.find((each) => each.errno === errno);
  return known ?? { errno, code: 'ER_UNKNOWN_ERROR', sqlState: 'HY000' };
}

function errnoOf({ id, errno }: Reason): number | undefined {
  const [, number] = /^server-(\d+)$/.exec(id) ?? [];
  return errno ?? predicted[id] ?? (number === undefined ? undefined : Number(number));
}

/** `reviewRequired` becomes REVIEW_REQUIRED. */
function nameOf(exitCode: ExitCode): string {
  const [name = 'unknown'] = Object.entries(exitCodes).find(([, code]) => code === exitCode) ?? [];
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** A change that is not started because of the state of the tool's session. */
export function refused(id: string, message: string, next: string): Fault {
  return new Fault(message, { id, exitCode: exitCodes.refused, next });
}
