import type { WantedPrivilege } from './privileges.js';
import type { ServerFacts } from './server.js';

/**
 * What it takes to end connections of other accounts (MySQL manual, "KILL Statement"; MariaDB 10.5.2 and up has a
 * privilege of another name for it).
 */
export function killPrivilege({ flavor, version }: Pick<ServerFacts, 'flavor' | 'version'>): WantedPrivilege {
  if (flavor === 'mariadb' && version.atLeast(10, 5, 2)) return { anyOf: ['CONNECTION ADMIN', 'SUPER'] };
  if (flavor !== 'mariadb' && version.atLeast(8)) return { anyOf: ['CONNECTION_ADMIN', 'SUPER'] };
  return { anyOf: ['SUPER'] };
}
