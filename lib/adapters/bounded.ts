import type { Blocker } from '../documents/result.js';
import { exitCodes } from '../exit-code.js';
import { whoHolds } from '../inspect/blockers.js';
import { isLockWaitTimeout } from '../mysql/errors.js';
import { retryWhileLocked } from '../mysql/retry-while-locked.js';
import type { ConnectionSettings, Settings } from '../settings/settings.js';
import { excerpt } from '../sql/lexer.js';
import { killAdvice } from '../text/blockers.js';
import { refuseUnforeseen } from './approved.js';
import type { KnownStatement } from './statement-kind.js';
import type { Answered, ToolSession } from './tool-connection.js';
import { failure, toolError } from './tool-error.js';
import { ofMigration } from './tool-settings.js';

/**
 * Runs another change of the schema (CREATE, DROP, RENAME, TRUNCATE) on the tool's own session, and does not let the
 * table's readers and writers queue behind it for longer than `--lock-wait-timeout` an attempt, `--lock-budget` in all.
 * @throws {ToolError} the server's own error, where it refuses; 1205 where the lock was not had
 */
export async function bounded(statement: KnownStatement, session: ToolSession): Promise<Answered> {
  const { sql, lead } = statement;
  try {
    const { toolSettings } = await import('./tool-settings.js');
    const { withReporting } = await import('./with-reporting.js');
    const [before] = await session.rows('SELECT DATABASE() AS db, @@session.lock_wait_timeout AS seconds');
    const database = before?.db === null ? undefined : String(before?.db);
    refuseUnforeseen(sql, database);
    const loaded = await toolSettings(lead, session.config, database === undefined ? {} : { database });
    const { lockWaitTimeoutSeconds, lockBudgetMs } = loaded.settings;
    const seconds = Number(before?.seconds);
    await session.header(`SET SESSION lock_wait_timeout=${lockWaitTimeoutSeconds}`);
    try {
      return await withReporting(loaded, ({ emit, signal }) =>
        retryWhileLocked(() => session.send(sql, Number.POSITIVE_INFINITY), {
          budgetMs: lockBudgetMs,
          signal,
          onRetry: (attempt) =>
            emit({
              type: 'attempt',
              table: excerpt(sql),
              attempt,
              lockWaitSeconds: lockWaitTimeoutSeconds,
              text: `a lock was not free within ${lockWaitTimeoutSeconds} s; trying again`,
              blockers: [],
            }),
        }),
      ).catch(async (error: unknown) => {
        throw isLockWaitTimeout(error) ? await notFree(sql, error, loaded.settings) : error;
      });
    } finally {
      await session.header(`SET SESSION lock_wait_timeout=${seconds}`);
    }
  } catch (error) {
    throw failure(error, sql);
  }
}

async function notFree(sql: string, cause: Error, { connection }: Settings): Promise<Error> {
  const blockers = await holders(sql, connection);
  const error = toolError({
    sql,
    strategy: 'plain',
    outcome: 'lock-timeout',
    exitCode: exitCodes.lockTimeout,
    reason: { id: 'lock-timeout', text: 'A lock was not free within the budget.' },
    state: 'Nothing was changed by it.',
    next: `${killAdvice(blockers)} Or give it more time: /* alterwise lock-budget=5m */.`,
    blockers,
  });
  error.cause = cause;
  return error;
}

/** Of the first table that the statement names; none where it names none, or they are gone meanwhile. */
async function holders(sql: string, connection: ConnectionSettings): Promise<readonly Blocker[]> {
  const plain = ofMigration(sql).flatMap((each) => (each.kind === 'plain' ? [each] : []));
  const [{ tables: [table] = [] } = { tables: [] }] = plain;
  const schema = table?.schema ?? connection.database;
  if (table === undefined || schema === undefined) return [];
  return whoHolds(connection, { schema, name: table.table });
}
