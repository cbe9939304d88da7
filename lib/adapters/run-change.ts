import { join } from 'node:path';
import type { Plan } from '../documents/plan.js';
import type { StatementResult } from '../documents/result.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import { withSession } from '../mysql/session.js';
import { nothing } from '../run/endings.js';
import { run } from '../run/run.js';
import { scriptFolderVariable, scriptTask, tell } from '../scripts/script-folder.js';
import type { ConnectionSettings, Settings } from '../settings/settings.js';
import { parseStatements } from '../sql/parse.js';
import { approvedFor } from './approved.js';
import { type SessionState, serverIdentity } from './session-state.js';
import type { KnownStatement } from './statement-kind.js';
import type { ToolConfig } from './tool-connection.js';
import { toolError } from './tool-error.js';
import { toolSettings } from './tool-settings.js';
import { withReporting } from './with-reporting.js';

/**
 * Plans and runs one change, as `alterwise run` does.
 * @throws {ToolError} where it did not end well; {Fault} where it could not be begun
 */
export async function runChange(
  { sql, lead }: KnownStatement,
  config: ToolConfig,
  state: SessionState,
): Promise<StatementResult> {
  const task = scriptTask();
  const statements = parseStatements(sql);
  const loaded = await toolSettings(task?.mode === 'record' ? '' : lead, config, state);
  const settings = task?.mode === 'record' ? onCopy(loaded.settings) : loaded.settings;
  const approved = approvedFor(sql, state.database);
  await refuseOtherServer(settings.connection, state);
  const settled = approved && undone(approved.plan);
  const { statements: results } = settled
    ? { statements: [settled] }
    : await withReporting({ ...loaded, settings }, (reporting) =>
        run({ ...reporting, statements, settings, ...(approved && { approved: approved.plan }) }),
      );
  const [result] = results;
  if (result === undefined) throw new Error('a run without a result');
  if (result.exitCode !== exitCodes.done) throw toolError(result);
  tell({ kind: 'result', result });
  approved?.use();
  return result;
}

/** One of two statements of a script that drop an index and make it again as it is: only the whole plan knows. */
function undone({ statements: [statement] }: Plan): StatementResult | undefined {
  return statement?.reasons[0]?.id === 'undone' ? nothing(statement) : undefined;
}

/** @throws {Fault} exit code 11 where the settings lead to another server than the tool's own connection */
async function refuseOtherServer(connection: ConnectionSettings, { server }: SessionState): Promise<void> {
  const [row] = await withSession(connection, {}, (session) =>
    session.rows<{ server: string }>(`SELECT ${serverIdentity} AS server`),
  );
  if (row?.server === server) return;
  throw new Fault(
    `The script's connection is on another server (${server}) than its host and port lead to (${row?.server}).`,
    {
      id: 'other-server',
      exitCode: exitCodes.environment,
      next: 'Give the script the address of the server itself: no tunnel or proxy that may choose another.',
    },
  );
}

/** Tables without rows, which nobody else uses: what holds for the real ones would only be in the way. */
function onCopy(settings: Settings): Settings {
  return {
    ...settings,
    stateDir: join(process.env[scriptFolderVariable] ?? settings.stateDir, 'state'),
    strategy: 'direct',
    progress: 'none',
    checks: { ...settings.checks, forecast: 'rates' },
    review: { ...settings.review, rows: Number.MAX_SAFE_INTEGER },
  };
}
