import { exitCodes } from '../fault.js';
import type { StatementResult } from '../plan/result.js';
import { run } from '../run.js';
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
  const statements = parseStatements(sql);
  const loaded = await toolSettings(lead, config, state);
  const { statements: results } = await withReporting(loaded, (reporting) =>
    run({ ...reporting, statements, settings: loaded.settings }),
  );
  const [result] = results;
  if (result === undefined) throw new Error('a run without a result');
  if (result.exitCode !== exitCodes.done) throw toolError(result);
  return result;
}
