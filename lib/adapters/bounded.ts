import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes } from '../fault.js';
import { isLockWaitTimeout } from '../mysql/errors.js';
import { excerpt } from '../sql/excerpt.js';
import type { KnownStatement } from './statement-kind.js';
import type { ToolResult } from './tool-connection.js';
import { asToolError, toolError } from './tool-error.js';
import type { ToolSession } from './tool-session.js';

const firstPauseMs = 500;
const longestPauseMs = 4_000;

/**
 * Runs another change of the schema (CREATE, DROP, RENAME, TRUNCATE) on the tool's own session, and does not let the
 * table's readers and writers queue behind it for longer than `--lock-wait-timeout` an attempt, `--lock-budget` in all.
 * @throws {ToolError} the server's own error, where it refuses; 1205 where the lock was not had
 */
export async function bounded(statement: KnownStatement, session: ToolSession): Promise<ToolResult> {
  const { sql, lead } = statement;
  try {
    const { toolSettings } = await import('./tool-settings.js');
    const { withReporting } = await import('./with-reporting.js');
    const loaded = await toolSettings(lead, session.config, {});
    const { lockWaitTimeoutSeconds, lockBudgetMs } = loaded.settings;
    const [before] = await session.rows('SELECT @@session.lock_wait_timeout AS seconds');
    const seconds = Number(before?.seconds);
    await session.header(`SET SESSION lock_wait_timeout=${lockWaitTimeoutSeconds}`);
    try {
      return await withReporting(loaded, ({ emit, signal }) =>
        attempts(sql, session, { lockBudgetMs, signal }, (attempt) =>
          emit({
            type: 'attempt',
            table: excerpt(sql),
            attempt,
            lockWaitSeconds: lockWaitTimeoutSeconds,
            text: `a lock was not free within ${lockWaitTimeoutSeconds} s; trying again`,
            blockers: [],
          }),
        ),
      );
    } finally {
      await session.header(`SET SESSION lock_wait_timeout=${seconds}`);
    }
  } catch (error) {
    throw asToolError(error, sql);
  }
}

interface Bounds {
  lockBudgetMs: number;
  signal: AbortSignal;
}

async function attempts(
  sql: string,
  session: ToolSession,
  { lockBudgetMs, signal }: Bounds,
  onWait: (attempt: number) => void,
): Promise<ToolResult> {
  const start = performance.now();
  for (let attempt = 1, pauseMs = firstPauseMs; ; attempt++) {
    try {
      return await session.send(sql, Number.POSITIVE_INFINITY);
    } catch (error) {
      if (!isLockWaitTimeout(error)) throw error;
      if (signal.aborted || performance.now() - start + pauseMs > lockBudgetMs) throw notFree(sql, error);
      onWait(attempt);
      await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
      pauseMs = Math.min(longestPauseMs, pauseMs * 1.7);
    }
  }
}

function notFree(sql: string, cause: Error): Error {
  const error = toolError({
    sql,
    outcome: 'lock-timeout',
    exitCode: exitCodes.lockTimeout,
    reason: { id: 'lock-timeout', text: 'A lock was not free within the budget.' },
    state: 'Nothing was changed by it.',
    next: 'See who holds the table (SHOW PROCESSLIST), and run the same again when they are done; or give more time: /* alterwise lock-budget=5m */.',
  });
  error.cause = cause;
  return error;
}
