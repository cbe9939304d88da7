import { Secret } from '../../lib/settings/secret.js';
import type { ConnectionSettings, Settings } from '../../lib/settings/settings.js';
import type { TestServer } from '../servers.js';

export type Account = Pick<TestServer, 'host' | 'port' | 'user' | 'password'>;

export function connectionTo({ host, port, user, password }: Account, database?: string): ConnectionSettings {
  return {
    host,
    port,
    user,
    password: new Secret(password),
    ...(database !== undefined && { database }),
    tls: { mode: 'preferred' },
  };
}

/** What a user gets who says nothing; gh-ost is somewhere else. */
export function settingsFor(account: Account, changes: Partial<Settings> = {}): Settings {
  return {
    connection: connectionTo(account),
    strategy: 'auto',
    lockWaitTimeoutSeconds: 2,
    lockBudgetMs: 30_000,
    stallBudgetMs: 1_000,
    probe: 'auto',
    ghost: {
      path: '/nowhere/gh-ost',
      flags: [],
      maxLagMs: 1_500,
      throttleReplicas: [],
      rehearse: 'off',
      cutOverLockTimeoutSeconds: 2,
    },
    format: 'json',
    progress: 'none',
    verbosity: 'normal',
    color: false,
    ...changes,
  };
}
