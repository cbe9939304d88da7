import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes } from '../../../exit-code.js';
import { Fault } from '../../../fault.js';
import type { ConnectionSettings } from '../../../settings/settings.js';

interface GhostCredentials {
  confPath: string;
  /** The whole environment of the child. */
  env: Record<string, string>;
}

const userVariable = 'ALTERWISE_GHOST_USER';
const passwordVariable = 'ALTERWISE_GHOST_PASSWORD';

/**
 * Writes the file that `--conf` names. It holds names of variables only, which gh-ost replaces by their values as
 * they are (go/base/context.go); a value in the file itself would lose quotes and everything after `#` or `;`, and
 * an argument would show in `ps`.
 * @param folder for our eyes only (0700)
 */
export async function writeCredentials(
  folder: string,
  { user, password }: Pick<ConnectionSettings, 'user' | 'password'>,
  parent: NodeJS.ProcessEnv = process.env,
): Promise<GhostCredentials> {
  if (user.includes(':')) throw ambiguousUser(user);
  const confPath = join(folder, 'gh-ost.cnf');
  const lines = ['[client]', `user=\${${userVariable}}`];
  if (password) lines.push(`password=\${${passwordVariable}}`);
  await writeFile(confPath, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
  const env = {
    ...minimalEnvironment(parent),
    [userVariable]: user,
    ...(password && { [passwordVariable]: password.reveal() }),
  };
  return { confPath, env };
}

/** What a program needs to run, without the secrets that the environment of a pipeline is full of. */
function minimalEnvironment(parent: NodeJS.ProcessEnv): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG'];
  return Object.fromEntries(names.flatMap((name) => (parent[name] ? [[name, parent[name]]] : [])));
}

/** gh-ost pastes both into one DSN, `user:password@…`, which ends the user at the first colon (go/mysql/connection.go). */
function ambiguousUser(user: string): Fault {
  return new Fault(`gh-ost cannot log in as ${user}: to it, a name ends at the first colon.`, {
    id: 'ghost-user',
    exitCode: exitCodes.environment,
    next: 'Use an account without a colon in its name.',
  });
}
