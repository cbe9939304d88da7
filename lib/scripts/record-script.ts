import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reason } from '../documents/plan.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Settings } from '../settings/settings.js';
import { Cursor } from '../sql/cursor.js';
import { excerpt, lex } from '../sql/lexer.js';
import { parseTexts } from '../sql/migration.js';
import { quoteTable } from '../sql/names.js';
import type { Statement } from '../sql/statement.js';
import { runScript } from './run-script.js';
import { withScratchCopy } from './scratch-copy.js';
import { folderPrefix, giveTask, type ScriptLine, type ScriptTask, toldLines } from './script-folder.js';
import { withoutEnd } from './with-schema.js';

/** On the copy its changes take moments; a script that waits for something else must not wait for ever. */
const limitMs = 15 * 60_000;
const graceMs = 10_000;

export interface Script {
  command: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export interface Recorded {
  /** Whether it would write down that it has run something. */
  isPending: boolean;
  /** All that it has sent. */
  texts: readonly string[];
  /** What of it is of a migration, in its order. */
  statements: readonly Statement[];
  /** What the plan cannot know. */
  unforeseen: readonly Reason[];
}

/**
 * Runs a script against a copy of the schema without rows, and takes down what it sends. Nothing real is changed.
 * @param bookkeeping tables whose rows the copy has as well
 * @throws {Fault} where the copy cannot be made, or the script is none of Node
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
      const { name, emptied, others, isFolded } = copy;
      giveTask(folder, {
        mode: 'record',
        schema,
        copy: name,
        bookkeeping: copy.bookkeeping,
        emptied,
        others,
        isFolded,
      });
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      const exitCode = await runScript(script.command, { ...script, folder, signal: bounded, graceMs });
      signal.throwIfAborted();
      const lines = toldLines(folder);
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
          ...copy.missing.map(notInCopy),
          ...unforeseen,
          ...lines.flatMap((line) => (line.kind === 'unforeseen' ? [line.reason] : [])),
          ...(exitCode === 0 ? [] : [ended(exitCode, bounded.aborted)]),
          ...(lines.some(({ kind }) => kind === 'connected') ? [] : [notSeen]),
        ],
      };
    }),
  );
}

/** Runs a script for real; what each of its changes came to is told by the adapter. @returns its exit code as well */
export async function carryOutScript(
  script: Script,
  task: Extract<ScriptTask, { mode: 'run' }>,
  signal: AbortSignal,
): Promise<{ exitCode: number; lines: ScriptLine[] }> {
  return withScriptFolder('run', async (folder) => {
    giveTask(folder, task);
    // Putting everything back may take as long as an abort may.
    const options = { ...script, folder, signal, graceMs: 5 * 60_000 };
    return { exitCode: await runScript(script.command, options), lines: toldLines(folder) };
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
  return { id: 'not-in-copy', text: `${name} is not in the copy of the schema: ${why}` };
}

function ended(exitCode: number, isLate: boolean): Reason {
  const how = isLate ? `was stopped after ${limitMs / 60_000} minutes` : `ended with exit code ${exitCode}`;
  return {
    id: 'script-failed',
    text: `On the copy the script ${how}: what it would have sent after that is not foreseen.`,
  };
}

/** It may have used another driver, or another process, and so have changed what is real. */
const notSeen: Reason = {
  id: 'script-failed',
  text: 'The script opened no connection by mysql2 in a process that alterwise sees: what it did is not known.',
};

function noDatabase(): Fault {
  return new Fault('Which schema is the script about?', {
    id: 'no-database',
    exitCode: exitCodes.usage,
    next: 'Give --database (or ALTERWISE_DATABASE, ALTERWISE_DSN, the config file): it is copied without its rows.',
  });
}

/** What a script has sent, as statements of a migration; what is none of a migration is named, and left out. */
export function recordedStatements(texts: readonly string[]): {
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
        text: `${excerpt(text)} is sent as it stands, and is not in the plan: ${error.message}`,
      });
    }
  }
  return { statements, unforeseen };
}

/** `ALTER TABLE a RENAME [TO | AS | =] b` as RENAME TABLE, which a plan can look behind. */
function asRename(text: string): string | undefined {
  const tokens = lex(text).filter(({ kind, text: word }) => kind !== 'comment' && word !== ';');
  const cursor = new Cursor(text, tokens);
  if (!cursor.take('ALTER', 'TABLE')) return undefined;
  const from = cursor.qualifiedName('the name of a table');
  if (!cursor.take('RENAME') || ['COLUMN', 'INDEX', 'KEY'].includes(cursor.word() ?? '')) return undefined;
  if (!cursor.take('TO') && !cursor.take('AS') && cursor.peek()?.text === '=') cursor.next();
  const to = cursor.qualifiedName('the name of a table');
  return cursor.peek() === undefined ? `RENAME TABLE ${quoteTable(from)} TO ${quoteTable(to)}` : undefined;
}
