import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Plan, Reason } from '../documents/plan.js';
import type { StatementResult } from '../documents/result.js';
import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';

/** In the environment of a script that alterwise runs: the folder in which the two speak to each other. */
export const scriptFolderVariable = 'ALTERWISE_SCRIPT_FOLDER';

/** What the adapter in the script has to do. */
export type ScriptTask =
  | {
      mode: 'record';
      /** The schema that the script is about, and the copy of it that it gets instead. */
      schema: string;
      copy: string;
      /** Tables of which the copy has the rows. */
      bookkeeping: readonly string[];
      /** Tables that have rows, and have none in the copy. */
      emptied: readonly string[];
      /** All other schemas of the server. */
      others: readonly string[];
      /** Whether names of schemas that differ in case only are the same. */
      isFolded: boolean;
    }
  /** Every change has to be in this plan, and other DDL among what the script has sent on the copy. */
  | { mode: 'run'; approved: Plan; foreseen: readonly string[] };

/** What the adapter tells. */
export type ScriptLine =
  /** A connection of the script's goes through it. */
  | { kind: 'connected' }
  /**
   * `bookkeeping`: about the table in which the tool keeps what it has run. `outside`: it reaches further than the schema,
   * and was not carried out on the copy.
   */
  | { kind: 'statement'; sql: string; bookkeeping?: true; outside?: true }
  | { kind: 'unforeseen'; reason: Reason }
  /** How a change ended. */
  | { kind: 'result'; result: StatementResult };

/** What the folder of a script is called, by what the script has to do: it may be asked for when the folder is gone. */
export const folderPrefix = (mode: ScriptTask['mode']) => `alterwise-${mode}-`;

/**
 * For the adapter.
 * @returns nothing where no alterwise runs the script, or has let it go
 * @throws {Fault} where the script outlives the copy of the schema that it was to be recorded on
 */
export function scriptTask(): ScriptTask | undefined {
  const folder = process.env[scriptFolderVariable];
  if (folder === undefined) return undefined;
  if (existsSync(join(folder, taskFile))) return read(folder).task;
  if (!basename(folder).startsWith(folderPrefix('record'))) return undefined;
  throw new Fault('This script was started to be recorded, and the alterwise that did so has ended.', {
    id: 'script-outlived',
    exitCode: exitCodes.environment,
    next: `Start it anew, without ${scriptFolderVariable} in its environment.`,
  });
}

/** For the adapter: whether the alterwise that runs the script was told to stop, or is dead. */
export function isScriptStopped(): boolean {
  const folder = process.env[scriptFolderVariable];
  if (folder === undefined || !existsSync(join(folder, taskFile))) return false;
  return existsSync(join(folder, stopFile)) || !isAlive(read(folder).pid);
}

/** For the adapter: written at once, for the script may end any time. */
export function tell(line: ScriptLine): void {
  const folder = process.env[scriptFolderVariable];
  if (folder === undefined || !existsSync(join(folder, linesFile))) return;
  appendFileSync(join(folder, linesFile), `${JSON.stringify(line)}\n`);
}

/** For alterwise, before it starts the script. */
export function giveTask(folder: string, task: ScriptTask): void {
  writeFileSync(join(folder, linesFile), '', { mode: 0o600 });
  writeFileSync(join(folder, taskFile), JSON.stringify({ task, pid: process.pid }), { mode: 0o600 });
}

/** For alterwise: no further change is begun. */
export function tellToStop(folder: string): void {
  writeFileSync(join(folder, stopFile), '', { mode: 0o600 });
}

/** For alterwise, when the script has ended. */
export function toldLines(folder: string): ScriptLine[] {
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
    return false; // it is our own account's, or it is gone
  }
}
