import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { formatDuration } from './kinds.js';
import { type Layer, pick } from './layers.js';
import type { OptionName, Values } from './options.js';

/**
 * Options that contradict or need each other, and files that must be there. Settles what the order of sources alone does
 * not: a socket from a file must not win over a host that was asked for.
 */
export async function checkTogether(
  values: Values,
  layers: readonly Layer[],
  { cwd, askPassword }: { cwd: string; askPassword?: unknown },
  faults: string[],
): Promise<void> {
  const rank = (name: OptionName) => pick(layers, name)?.rank ?? Number.POSITIVE_INFINITY;
  if (Math.min(rank('host'), rank('port')) < rank('socket')) delete values.socket;
  if (values.quiet && values.verbose) {
    if (rank('quiet') === rank('verbose')) faults.push('--quiet: expected without --verbose');
    else delete values[rank('quiet') < rank('verbose') ? 'verbose' : 'quiet'];
  }
  if (values['ask-password'] && !askPassword) {
    faults.push('--ask-password: expected a terminal; use ALTERWISE_PASSWORD or an option file');
  }
  faults.push(...contradictions(values), ...(await unusableFiles(values, cwd)));
}

function contradictions(values: Values): string[] {
  const { probe, plan, approve, 'ssl-cert': cert, 'ssl-key': key } = values;
  const wait = values['lock-wait-timeout'] ?? 0;
  const budget = values['lock-budget'] ?? Number.POSITIVE_INFINITY;
  // One cut-over attempt waits for its lock for twice the timeout, and blocks writers meanwhile (gh-ost issue 952).
  const attempt = 2 * (values['cut-over-lock-timeout'] ?? 0);
  const total = values['stall-budget-total'] ?? Number.POSITIVE_INFINITY;
  const found = [
    (cert === undefined) !== (key === undefined) && '--ssl-cert and --ssl-key: expected both or neither',
    probe === 'scratch' &&
      values['scratch-schema'] === undefined &&
      '--probe=scratch: expected --scratch-schema with it',
    plan !== undefined && approve !== undefined && '--plan and --approve: expected one of the two',
    wait * 1000 > budget &&
      `--lock-budget: expected at least one --lock-wait-timeout (${wait}s), got ${formatDuration(budget)}`,
    attempt * 1000 > total &&
      `--stall-budget-total: expected at least twice --cut-over-lock-timeout (${attempt}s), got ${formatDuration(total)}`,
  ];
  return found.filter((each) => each !== false);
}

async function unusableFiles(values: Values, cwd: string): Promise<string[]> {
  const faults: string[] = [];
  for (const name of ['ssl-ca', 'ssl-cert', 'ssl-key'] as const) {
    const path = values[name];
    if (path !== undefined && !(await may(constants.R_OK, resolve(cwd, path)))) {
      faults.push(`--${name}: expected a file that can be read, got ${path}`);
    }
  }
  // A result that cannot be written should be known before the hours of work that lead to it.
  const { out } = values;
  if (out === undefined) return faults;
  if (!(await may(constants.W_OK, dirname(resolve(cwd, out))))) {
    faults.push(`--out: expected a file in a folder that can be written to, got ${out}`);
  } else if ((await stat(resolve(cwd, out)).catch(() => undefined))?.isDirectory()) {
    faults.push(`--out: expected a file, got the folder ${out}`);
  }
  return faults;
}

async function may(mode: number, path: string): Promise<boolean> {
  return await access(path, mode).then(
    () => true,
    () => false,
  );
}
