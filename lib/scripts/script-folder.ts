import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Plan, Reason } from '../documents/plan.js';
import type { StatementResult } from '../documents/result.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';

/** In the environment of a script that alterwise runs: the folder through which the two communicate. */
export const scriptFolderVariable = 'ALTERWISE_SCRIPT_FOLDER';

/** What the adapter in the script has to do. */
export type ScriptTask =
  | {
      mode: 'record';
      /** The schema that the script migrates, and the scratch copy that it gets instead. */
      schema: string;
      copy: string;
      /** Tables that are copied with their rows. */
      bookkeeping: readonly string[];
      /** Tables that have rows, but not in the copy. */
      emptied: readonly string[];
      /** All other schemas of the server. */
      others: readonly string[];
      /** Whether schema names are the same if only their case differs. */
      isFolded: boolean;
    }
  /** Every change must be in this plan, and other DDL among what the script sent when it was recorded. */
  | { mode: 'run'; approved: Plan; recorded: readonly string[] };

/** What the adapter reports. */
export type ScriptLine =
  /** The script opened a connection. */
  | { kind: 'connected' }
  /**
   * `bookkeeping`: concerns the table in which the tool records its migrations. `outside`: it affects more than the
   * schema, and was not executed.
   */
  | { kind: 'statement'; sql: string; bookkeeping?: true; outside?: true }
  | { kind: 'unforeseen'; reason: Reason }
  /** How a change ended. */
  | { kind: 'result'; result: StatementResult };

/** The folder's name tells the mode even when the folder is gone. */
export const folderPrefix = (mode: ScriptTask['mode']) => `alterwise-${mode}-`;

export function scriptFolder(): string | undefined {
  return process.env[scriptFolderVariable];
}

/**
 * For the adapter.
 * @returns undefined unless alterwise runs the script
 * @throws {Fault} if the script outlives the scratch copy on which it was to be recorded
 */
export function scriptTask(): ScriptTask | undefined {
  const folder = scriptFolder();
  if (folder === undefined) return undefined;
  if (existsSync(join(folder, taskFile))) return read(folder).task;
  if (!basename(folder).startsWith(folderPrefix('record'))) return undefined;
  throw new Fault('The alterwise that started this script to record it has ended.', {
    id: 'script-outlived',
    exitCode: exitCodes.environment,
    next: `Start the script again, without ${scriptFolderVariable} in its environment.`,
  });
}

/** For the adapter: whether the alterwise that runs the script was asked to stop, or is dead. */
export function isScriptStopped(): boolean {
  const folder = scriptFolder();
  if (folder === undefined || !existsSync(join(folder, taskFile))) return false;
  return existsSync(join(folder, stopFile)) || !isAlive(read(folder).pid);
}

/** For the adapter: written synchronously, because the script may end at any time. */
export function tell(line: ScriptLine): void {
  const folder = scriptFolder();
  if (folder === undefined || !existsSync(join(folder, linesFile))) return;
  appendFileSync(join(folder, linesFile), `${JSON.stringify(line)}\n`);
}

/** For alterwise, before it starts the script. */
export function giveTask(folder: string, task: ScriptTask): void {
  writeFileSync(join(folder, linesFile), '', { mode: 0o600 });
  writeFileSync(join(folder, taskFile), JSON.stringify({ task, pid: process.pid }), { mode: 0o600 });
}

/** For alterwise: no further change is started. */
export function tellToStop(folder: string): void {
  writeFileSync(join(folder, stopFile), '', { mode: 0o600 });
}

/** For alterwise, when the script has ended. */
export function reportedLines(folder: string): ScriptLine[] {
  const lines = readFileSync(join(folder, linesFile), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

const taskFile = 'task.json';
const linesFile = 'lines.ndjson';
const stopFile = 'stop';

function read(folder: string): { task: ScriptTask; pid: number } {
  return JSON.parse(readFileSync(join(folder, taskFile), 'utf8'));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // it runs under our own account, or is gone
  }
}
