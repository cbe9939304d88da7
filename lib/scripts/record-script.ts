import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reason } from '../documents/plan.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Settings } from '../settings/settings.js';
import { Cursor } from '../sql/cursor.js';
import { excerpt } from '../sql/lexer.js';
import { parseTexts } from '../sql/migration.js';
import { quoteTable } from '../sql/names.js';
import type { Statement } from '../sql/statement.js';
import { codeOf } from '../sql/tokens.js';
import { runScript, scriptFailed } from './run-script.js';
import { withScratchCopy } from './scratch-copy.js';
import { folderPrefix, giveTask, reportedLines, type ScriptLine, type ScriptTask } from './script-folder.js';
import { withoutEnd } from './with-schema.js';

/** On the scratch copy changes take moments; this bounds a script that waits for something else. */
const limitMs = 15 * 60_000;
const graceMs = 10_000;

export interface Script {
  command: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export interface Recorded {
  /** It would record a migration as run. */
  isPending: boolean;
  /** Everything that it sent. */
  texts: readonly string[];
  /** The statements among them that a migration may contain. */
  statements: readonly Statement[];
  /** What the plan cannot predict. */
  unforeseen: readonly Reason[];
}

/**
 * Runs a script against a scratch copy of the schema and records what it sends. Nothing real is changed.
 * @param bookkeeping further tables to copy with their rows
 * @throws {Fault} if the copy cannot be created, or the script does not run on Node
 */
export async function recordScript(
  script: Script,
  { connection }: Pick<Settings, 'connection'>,
  bookkeeping: readonly string[],
  signal: AbortSignal,
): Promise<Recorded> {
  const schema = connection.database;
  if (schema === undefined) throw noDatabase();
  return withScratchCopy(connection, schema, bookkeeping, (copy) =>
    withScriptFolder('record', async (folder) => {
      const { name, missing, ...facts } = copy;
      giveTask(folder, { mode: 'record', schema, copy: name, ...facts });
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      const exitCode = await runScript(script.command, { ...script, folder, signal: bounded, graceMs });
      signal.throwIfAborted();
      const lines = reportedLines(folder);
      const sent = lines.flatMap((line) => (line.kind === 'statement' ? [line] : []));
      const ofSchema = sent
        .filter(({ bookkeeping, outside }) => bookkeeping !== true && outside !== true)
        .map(({ sql }) => sql);
      const { statements, unforeseen } = recordedStatements(ofSchema);
      return {
        isPending: sent.some(({ sql, bookkeeping }) => bookkeeping === true && /^\W*insert\b/i.test(sql)),
        texts: sent.map(({ sql }) => sql),
        statements,
        unforeseen: [
          ...missing.map(notInCopy),
          ...unforeseen,
          ...lines.flatMap((line) => (line.kind === 'unforeseen' ? [line.reason] : [])),
          ...(exitCode === 0 ? [] : [endedEarly(exitCode, bounded.aborted)]),
          ...(lines.some(({ kind }) => kind === 'connected') ? [] : [notIntercepted]),
        ],
      };
    }),
  );
}

/** Runs a script for real; the adapter in it reports how each of its changes ended. */
export async function executeScript(
  script: Script,
  task: Extract<ScriptTask, { mode: 'run' }>,
  signal: AbortSignal,
): Promise<{ exitCode: number; lines: ScriptLine[] }> {
  return withScriptFolder('run', async (folder) => {
    giveTask(folder, task);
    // An abort has to restore everything first.
    const options = { ...script, folder, signal, graceMs: 5 * 60_000 };
    return { exitCode: await runScript(script.command, options), lines: reportedLines(folder) };
  });
}

async function withScriptFolder<T>(
  mode: ScriptTask['mode'],
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), folderPrefix(mode))); // 0700
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function notInCopy({ name, why }: { name: string; why: string }): Reason {
  return { id: 'not-in-copy', text: `${name} is missing in the scratch copy of the schema: ${why}` };
}

function endedEarly(exitCode: number, isLate: boolean): Reason {
  const how = isLate ? `was stopped after ${limitMs / 60_000} minutes` : `ended with exit code ${exitCode}`;
  return scriptFailed(
    `On the scratch copy the script ${how}; what it would have sent after that is unknown.`,
  );
}

/** It may have used another driver or another process, and so have changed what is real. */
const notIntercepted = scriptFailed(
  'The script opened no mysql2 connection that alterwise intercepts; what it did is unknown.',
);

function noDatabase(): Fault {
  return new Fault('The script needs a schema to work on, and none was given.', {
    id: 'no-database',
    exitCode: exitCodes.usage,
    next: 'Give --database (or ALTERWISE_DATABASE, ALTERWISE_DSN, the config file).',
  });
}

/** What a script sent, as statements of a migration; what a migration may not contain is left out and reported. */
function recordedStatements(texts: readonly string[]): {
  statements: Statement[];
  unforeseen: Reason[];
} {
  const statements: Statement[] = [];
  const unforeseen: Reason[] = [];
  for (const text of texts) {
    try {
      statements.push(...parseTexts([asRename(text) ?? withoutEnd(text)], 'the script'));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      unforeseen.push({
        id: 'not-planned',
        text: `${excerpt(text)} is not in the plan and will be sent as it is: ${error.message}`,
      });
    }
  }
  return { statements, unforeseen };
}

/** `ALTER TABLE a RENAME [TO | AS | =] b` as RENAME TABLE, which a plan can follow. */
function asRename(text: string): string | undefined {
  const tokens = codeOf(text).filter((token) => token.text !== ';');
  const cursor = new Cursor(text, tokens);
  if (!cursor.take('ALTER', 'TABLE')) return undefined;
  const from = cursor.qualifiedName('the name of a table');
  if (!cursor.take('RENAME') || ['COLUMN', 'INDEX', 'KEY'].includes(cursor.word() ?? '')) return undefined;
  if (!cursor.take('TO') && !cursor.take('AS') && cursor.peek()?.text === '=') cursor.next();
  const to = cursor.qualifiedName('the name of a table');
  return cursor.peek() === undefined ? `RENAME TABLE ${quoteTable(from)} TO ${quoteTable(to)}` : undefined;
}
