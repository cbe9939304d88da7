import type { Plan } from '../documents/plan.js';
import type { StatementResult } from '../documents/result.js';
import { exitCodes } from '../exit-code.js';
import { withSession } from '../mysql/session.js';
import { nothing } from '../run/endings.js';
import { run } from '../run/run.js';
import { otherServer } from '../runs/same-server.js';
import { scriptFolder, scriptTask, tell } from '../scripts/script-folder.js';
import type { LoadedSettings } from '../settings/load.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { parseStatements } from '../sql/parse.js';
import { approvedFor } from './approved.js';
import type { KnownStatement } from './statement-kind.js';
import { type SessionState, serverIdentity, type ToolConfig } from './tool-connection.js';
import { toolError } from './tool-error.js';
import { scratchSettings, toolSettings } from './tool-settings.js';
import { withReporting } from './with-reporting.js';

/**
 * Plans and runs one change, as `alterwise run` does.
 * @throws {ToolError} if it did not end well; {Fault} if it could not be started
 */
export async function runAlter(
  { sql, lead }: KnownStatement,
  config: ToolConfig,
  state: SessionState,
): Promise<StatementResult> {
  const folder = scriptTask()?.mode === 'record' ? scriptFolder() : undefined;
  const loaded = await (folder === undefined
    ? toolSettings(lead, config, state)
    : scratchSettings(folder, config, state));
  const { settings } = loaded;
  const approved = approvedFor(sql, state.database);
  await refuseOtherServer(settings.connection, state);
  const result = (approved && ifUndone(approved.plan)) ?? (await runOne(sql, loaded, approved?.plan));
  if (result.exitCode !== exitCodes.done) throw toolError(result);
  tell({ kind: 'result', result });
  approved?.use();
  return result;
}

async function runOne(sql: string, loaded: LoadedSettings, approved?: Plan): Promise<StatementResult> {
  const request = {
    statements: parseStatements(sql),
    settings: loaded.settings,
    ...(approved && { approved }),
  };
  const { statements } = await withReporting(loaded, (reporting) => run({ ...reporting, ...request }));
  const [result] = statements;
  if (result === undefined) throw new Error('a run without a result');
  return result;
}

/** One of two statements of a script that drop an index and create it again unchanged: only the whole plan knows. */
function ifUndone({ statements: [statement] }: Plan): StatementResult | undefined {
  return statement?.reasons[0]?.id === 'undone' ? nothing(statement) : undefined;
}

/** @throws {Fault} exit code 11 if the settings lead to another server than the tool's own connection */
async function refuseOtherServer(connection: ConnectionSettings, { server }: SessionState): Promise<void> {
  const [row] = await withSession(connection, {}, (session) =>
    session.rows<{ server: string }>(`SELECT ${serverIdentity} AS server`),
  );
  if (row?.server === server) return;
  throw otherServer(
    `The script is connected to another server (${server}) than its host and port lead to (${row?.server}).`,
    exitCodes.environment,
    "Give the script the server's own address, not that of a tunnel or proxy that may pick another server.",
  );
}
