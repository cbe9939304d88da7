import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { formatDuration } from './kinds.js';
import { type Layer, type Notes, pick } from './layers.js';
import type { OptionName, Values } from './options.js';
import type { Secret } from './secret.js';
import type { ConnectionSettings } from './settings.js';

/** Options that contradict or need each other, and files that must be there. Settles what the order of sources
 * alone does not: a socket from a file must not win over a host that was asked for. */
export async function checkTogether(
  values: Values,
  layers: readonly Layer[],
  input: SettingsInput,
  notes: Notes,
): Promise<void> {
  const rank = (name: OptionName) => pick(layers, name)?.rank ?? Number.POSITIVE_INFINITY;
  if (Math.min(rank('host'), rank('port')) < rank('socket')) delete values.socket;
  if (values.quiet && values.verbose) {
    if (rank('quiet') === rank('verbose')) notes.faults.push('--quiet: expected without --verbose');
    else delete values[rank('quiet') < rank('verbose') ? 'verbose' : 'quiet'];
  }
  pairs(values, notes);
  cutOvers(values, notes);
  if (values['ask-password'] && !input.askPassword) {
    notes.faults.push('--ask-password: expected a terminal; use ALTERWISE_PASSWORD or an option file');
  }
  await filesExist(values, input.cwd, notes);
}

function pairs(values: Values, notes: Notes): void {
  if ((values['ssl-cert'] === undefined) !== (values['ssl-key'] === undefined)) {
    notes.faults.push('--ssl-cert and --ssl-key: expected both or neither');
  }
  if (values.probe === 'scratch' && values['scratch-schema'] === undefined) {
    notes.faults.push('--probe=scratch: expected --scratch-schema with it');
  }
  if (values.plan !== undefined && values.approve !== undefined) {
    notes.faults.push('--plan and --approve: expected one of the two');
  }
  const wait = values['lock-wait-timeout'];
  const budget = values['lock-budget'];
  if (wait !== undefined && budget !== undefined && wait * 1000 > budget) {
    notes.faults.push(
      `--lock-budget: expected at least one --lock-wait-timeout (${wait}s), got ${formatDuration(budget)}`,
    );
  }
}

/** One cut-over attempt waits for its lock for twice the timeout, and blocks writers meanwhile (gh-ost issue 952). */
function cutOvers(values: Values, notes: Notes): void {
  const timeout = values['cut-over-lock-timeout'];
  const total = values['stall-budget-total'];
  if (timeout !== undefined && total !== undefined && 2_000 * timeout > total) {
    notes.faults.push(
      `--stall-budget-total: expected at least twice --cut-over-lock-timeout (${2 * timeout}s), got ${formatDuration(total)}`,
    );
  }
}

async function filesExist(values: Values, cwd: string, notes: Notes): Promise<void> {
  for (const name of ['ssl-ca', 'ssl-cert', 'ssl-key'] as const) {
    const path = values[name];
    if (path !== undefined && !(await may(constants.R_OK, resolve(cwd, path)))) {
      notes.faults.push(`--${name}: expected a file that can be read, got ${path}`);
    }
  }
  // A result that cannot be written should be known before the hours of work that lead to it.
  if (values.out !== undefined && !(await may(constants.W_OK, dirname(resolve(cwd, values.out))))) {
    notes.faults.push(`--out: expected a file in a folder that can be written to, got ${values.out}`);
  } else if (values.out !== undefined && (await isFolder(resolve(cwd, values.out)))) {
    notes.faults.push(`--out: expected a file, got the folder ${values.out}`);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function may(mode: number, path: string): Promise<boolean> {
  return await access(path, mode).then(
    () => true,
    () => false,
  );
}

export interface SettingsInput {
  /** Flags by name without dashes, as the parser of arguments found them; repeated flags are arrays. */
  flags: Readonly<Record<string, unknown>>;
  env: NodeJS.ProcessEnv;
  cwd: string;
  home: string;
  /** The options that the command has; all of them by default. */
  accepted?: readonly OptionName[];
  /** For a tool's own connection, which decides over what was read. @param origins where each value came from */
  connection?: (read: ConnectionSettings, origins: ReadonlyMap<OptionName, string>) => ConnectionSettings;
  /** Asks on the terminal; absent if there is none. */
  askPassword?: (prompt: string) => Promise<Secret>;
}
