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

/** Where runs are recorded; the runner removes it. */
export function testStateDir(): string {
  const folder = process.env.ALTERWISE_TEST_STATE;
  if (!folder) throw new Error('ALTERWISE_TEST_STATE is not set: run this file with `npm test -- <file>`');
  return folder;
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
      rehearse: 'off',
      checksum: 'auto',
      cutOverLockTimeoutSeconds: 2,
    },
    cutOver: { when: 'auto', stallTotalMs: 10_000 },
    killBlockers: { spareRows: 1_000 },
    checks: { timeMs: 60_000, accept: [], forecast: 'rates' },
    review: { rows: Number.MAX_SAFE_INTEGER, planMaxAgeMs: 86_400_000 },
    keepOldTableMs: 86_400_000,
    stateDir: testStateDir(),
    format: 'json',
    progress: 'none',
    verbosity: 'normal',
    color: false,
    ...changes,
  };
}

/** Of the rows nothing is asked before the start: what they do to a change shows when it runs. */
export const rowsNotAsked = {
  checks: { timeMs: 0, accept: [], forecast: 'rates' },
} as const satisfies Partial<Settings>;
