import { join } from 'node:path';
import { exitCodes, Fault } from '../fault.js';
import type { Plan } from '../plan/plan.js';
import type { StatementResult } from '../plan/result.js';
import { run } from '../run.js';
import { type ScriptTask, scriptFolderVariable, scriptTask, tell } from '../scripts/script-folder.js';
import type { Settings } from '../settings/settings.js';
import { parseStatements } from '../sql/parse.js';
import type { SessionState } from './change.js';
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
  const approved = task?.mode === 'run' ? approvedFor(sql, task) : undefined;
  const { statements: results } = await withReporting({ ...loaded, settings }, (reporting) =>
    run({ ...reporting, statements, settings, ...(approved && { approved }) }),
  );
  const [result] = results;
  if (result === undefined) throw new Error('a run without a result');
  if (task?.mode === 'run') tell({ kind: 'result', result });
  if (result.exitCode !== exitCodes.done) throw toolError(result);
  return result;
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

const used = new Set<number>();

/** The plan of this statement alone, out of the one of the whole script; each counts once. */
function approvedFor(sql: string, { approved }: Extract<ScriptTask, { mode: 'run' }>): Plan {
  const index = approved.statements.findIndex((planned, i) => planned.sql === sql && !used.has(i));
  const planned = approved.statements[index];
  if (planned === undefined) {
    throw new Fault(`The plan ${approved.id} does not have this statement.`, {
      id: 'drifted',
      exitCode: exitCodes.drifted,
      next: 'Plan the script again, and have that plan reviewed: it sends something else than it did then.',
    });
  }
  used.add(index);
  return { ...approved, statements: [planned] };
}
