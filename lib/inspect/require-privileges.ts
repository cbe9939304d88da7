import { exitCodes, Fault } from '../fault.js';
import type { Privileges, WantedPrivilege } from './privileges.js';

/**
 * What every run needs, direct or not: to change the table, to try the change on a clone of it, and to see who
 * holds it.
 * @param more that a setting of this run asks for
 * @throws {Fault} exit code 11, with the GRANT statements that mend it
 */
export function requirePrivileges(
  privileges: Privileges,
  schema: string,
  more: readonly WantedPrivilege[] = [],
): void {
  const onSchema = ['ALTER', 'CREATE', 'DROP', 'INDEX', 'INSERT', 'SELECT'] as const;
  const missing = privileges.missing([
    ...onSchema.map((privilege) => ({ anyOf: [privilege] as const, schema })),
    { anyOf: ['PROCESS', 'SUPER'] },
    ...more,
  ]);
  if (missing.length === 0) return;
  throw new Fault(`${privileges.account} lacks privileges that alterwise needs.`, {
    id: 'privileges',
    exitCode: exitCodes.environment,
    next: missing.join('; '),
  });
}
