import type { Blocker } from '../documents/result.js';
import { reasons } from '../engines/reasons.js';
import { exitCodes } from '../exit-code.js';
import { whoHolds } from '../inspect/blockers.js';
import { isLockWaitTimeout } from '../mysql/errors.js';
import { retryWhileLocked } from '../mysql/retry-while-locked.js';
import type { ConnectionSettings, Settings } from '../settings/settings.js';
import { excerpt } from '../sql/lexer.js';
import { killAdvice } from '../text/blockers.js';
import { present } from '../util/present.js';
import { refuseUnplanned } from './approved.js';
import type { KnownStatement } from './statement-kind.js';
import type { Answered, ToolSession } from './tool-connection.js';
import { failure, toolError } from './tool-error.js';
import { ofMigration, toolSettings } from './tool-settings.js';

/**
 * Runs other DDL (CREATE, DROP, RENAME, TRUNCATE) on the tool's own session. Readers and writers of the table never
 * queue behind it for longer than `--lock-wait-timeout` per attempt and `--lock-budget` in total.
 * @throws {ToolError} the server's own error; 1205 if the lock was not obtained
 */
export async function runBounded(statement: KnownStatement, session: ToolSession): Promise<Answered> {
  const { sql, lead } = statement;
  try {
    const { withReporting } = await import('./with-reporting.js'); // loads much of alterwise
    const [before] = await session.rows('SELECT DATABASE() AS db, @@session.lock_wait_timeout AS seconds');
    const database = typeof before?.db === 'string' ? before.db : undefined;
    refuseUnplanned(sql, database);
    const loaded = await toolSettings(lead, session.config, present({ database }));
    const { lockWaitTimeoutSeconds: timeout, lockBudgetMs } = loaded.settings;
    await session.header(`SET SESSION lock_wait_timeout=${timeout}`);
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
              lockWaitSeconds: timeout,
              text: `no lock within ${timeout} s; trying again`,
              blockers: [],
            }),
        }),
      );
    } catch (error) {
      throw isLockWaitTimeout(error) ? await lockTimeout(sql, error, loaded.settings) : error;
    } finally {
      await session.header(`SET SESSION lock_wait_timeout=${Number(before?.seconds)}`);
    }
  } catch (error) {
    throw failure(error, sql);
  }
}

async function lockTimeout(sql: string, cause: Error, { connection }: Settings): Promise<Error> {
  const blockers = await holders(sql, connection);
  const error = toolError({
    sql,
    strategy: 'plain',
    outcome: 'lock-timeout',
    exitCode: exitCodes.lockTimeout,
    reason: reasons.lockTimeout('The lock was not obtained within the lock budget.'),
    state: 'This statement changed nothing.',
    next: `${killAdvice(blockers)} Or allow more time: /* alterwise lock-budget=5m */ in front of the statement.`,
    blockers,
  });
  error.cause = cause;
  return error;
}

/** Who holds the first table that the statement names; none if it names none, or if they are gone by now. */
async function holders(sql: string, connection: ConnectionSettings): Promise<readonly Blocker[]> {
  const [plain] = ofMigration(sql).filter((each) => each.kind === 'plain');
  const [table] = plain?.tables ?? [];
  const schema = table?.schema ?? connection.database;
  if (table === undefined || schema === undefined) return [];
  return whoHolds(connection, { schema, name: table.table });
}
