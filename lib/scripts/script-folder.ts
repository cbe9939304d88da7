import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan, Reason } from '../plan/plan.js';
import type { StatementResult } from '../plan/result.js';

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
      /** All other schemas of the server that hold something of somebody's. */
      others: readonly string[];
    }
  /** Every change has to be in this plan, and other DDL among what the script has sent on the copy. */
  | { mode: 'run'; approved: Plan; foreseen: readonly string[] };

/** What the adapter tells: a statement that was sent, what cannot be foreseen, how a change ended. */
export type ScriptLine =
  /** `bookkeeping`: about the table in which the tool keeps what it has run. */
  | { kind: 'statement'; sql: string; bookkeeping?: true }
  | { kind: 'unforeseen'; reason: Reason }
  | { kind: 'result'; result: StatementResult };

/** For the adapter. @returns nothing where no alterwise runs the script */
export function scriptTask(): ScriptTask | undefined {
  const folder = process.env[scriptFolderVariable];
  if (folder === undefined) return undefined;
  return JSON.parse(readFileSync(join(folder, taskFile), 'utf8'));
}

/** For the adapter: written at once, for the script may end any time. */
export function tell(line: ScriptLine): void {
  const folder = process.env[scriptFolderVariable];
  if (folder !== undefined) appendFileSync(join(folder, linesFile), `${JSON.stringify(line)}\n`);
}

/** For alterwise, before it starts the script. */
export function giveTask(folder: string, task: ScriptTask): void {
  writeFileSync(join(folder, taskFile), JSON.stringify(task), { mode: 0o600 });
  writeFileSync(join(folder, linesFile), '', { mode: 0o600 });
}

/** For alterwise, when the script has ended. */
export function toldLines(folder: string): ScriptLine[] {
  const lines = readFileSync(join(folder, linesFile), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

const taskFile = 'task.json';
const linesFile = 'lines.ndjson';
