import { nearest } from '../nearest.js';
import type { Given, Layer, Notes } from './layer.js';
import { environmentName, type OptionName, optionNames, optionOf, options } from './options.js';

/**
 * Reads the environment: `ALTERWISE_…` for every option, and DATABASE_URL, GH_OST and NO_COLOR. An empty
 * variable counts as not set, because CI systems cannot unset one.
 *
 * @param env - The environment of the process.
 * @param accepted - The options that the command has.
 * @param notes - Takes a warning for a variable that looks like a misspelt option, and a fault for a dry run.
 */
export function environmentLayer(
  env: NodeJS.ProcessEnv,
  accepted: readonly OptionName[],
  notes: Notes,
): Layer {
  const layer = new Map<OptionName, Given>();
  const inEnvironment = optionNames.filter((name) => optionOf(name).reach !== 'flag');
  for (const name of inEnvironment) {
    const variables = [environmentName(name), ...(optionOf(name).alsoInEnvironment ?? [])];
    const variable = variables.find((candidate) => env[candidate]);
    if (variable === undefined) continue;
    if (variable === 'DATABASE_URL' && !isOurs(env[variable], notes)) continue;
    // no-color.org: any value that is not empty switches colours off.
    const raw = variable === 'NO_COLOR' ? true : env[variable];
    layer.set(name, { raw, label: variable, origin: `environment ${variable}` });
  }
  refuseDryRun(env, accepted, notes);
  warnOfMisspelt(env, optionNames.map(environmentName), notes);
  return layer;
}

/** DATABASE_URL belongs to the application, which may well use another database. */
function isOurs(url: string | undefined, notes: Notes): boolean {
  if (/^(mysql2?|mariadb):/i.test(url ?? '')) return true;
  notes.warnings.push('DATABASE_URL is not a mysql:// URL and was not used.');
  return false;
}

/** Whoever believes that nothing will be changed must not be told so behind the change. */
function refuseDryRun(env: NodeJS.ProcessEnv, accepted: readonly OptionName[], notes: Notes): void {
  const variable = environmentName('dry-run');
  const given = env[variable];
  const parsed = options['dry-run'].kind.parse(given);
  const isOff = !given || ('value' in parsed && !parsed.value);
  // By `--strategy` commands that may change a table are told from others.
  if (isOff || !accepted.includes('strategy')) return;
  notes.faults.push(`${variable} is not read: --dry-run is an option of the command line only.`);
}

function warnOfMisspelt(env: NodeJS.ProcessEnv, known: readonly string[], notes: Notes): void {
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('ALTERWISE_') || known.includes(variable)) continue;
    const suffixes = known.map((name) => name.slice('ALTERWISE_'.length));
    const [meant] = nearest(variable.slice('ALTERWISE_'.length), suffixes);
    if (meant) notes.warnings.push(`${variable} is not known; did you mean ALTERWISE_${meant}?`);
  }
}
