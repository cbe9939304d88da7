import { exitCodes } from '../exit-code.js';
import { Fault } from '../fault.js';
import type { Session } from '../mysql/session.js';
import { escapeRegExp, quoteName } from '../sql/names.js';
import { present } from '../util/present.js';
import { connectionAdmin, type ServerIdentity } from './capabilities.js';

/** What the account may do, from its grants with its active roles. */
export interface Privileges {
  /** `'user'@'host'`, as the server knows it. */
  account: string;
  /** The rows of SHOW GRANTS, without what roles give. */
  grants: readonly string[];
  /** True where the privilege (or `ALL`) is held on everything, or on the schema. */
  has(privilege: string, schema?: string): boolean;
  /** The GRANT statements that would give what is missing; empty where nothing is. */
  missing(wanted: readonly WantedPrivilege[]): string[];
}

interface WantedPrivilege {
  /** Any of these will do; the first is the one to ask for. */
  anyOf: readonly [string, ...string[]];
  /** Absent: a global privilege. */
  schema?: string;
}

export async function readPrivileges(session: Session): Promise<Privileges> {
  const [who] = await session.rows<{ account: string }>('SELECT CURRENT_USER() AS account');
  // The user may hold an `@` of its own.
  const [, user = '', host = ''] = /^(.*)@(.*)$/s.exec(who?.account ?? '') ?? [];
  const account = `'${user}'@'${host}'`;
  const own = await showGrants(session, 'SHOW GRANTS');
  const roles = await activeRoles(session);
  const all =
    roles === undefined ? own : await showGrants(session, `SHOW GRANTS FOR CURRENT_USER() USING ${roles}`);
  const grants = all.flatMap(parseGrant);
  const has = (privilege: string, schema?: string) =>
    grants.some(
      (grant) => covers(grant, schema) && (grant.privileges.has(privilege) || grant.privileges.has('ALL')),
    );
  const missing = (wanted: readonly WantedPrivilege[]) => {
    const byScope = new Map<string, string[]>();
    for (const { anyOf, schema } of wanted) {
      if (anyOf.some((privilege) => has(privilege, schema))) continue;
      const scope = schema === undefined ? '*.*' : `${quoteName(schema)}.*`;
      byScope.set(scope, [...(byScope.get(scope) ?? []), anyOf[0]]);
    }
    return [...byScope].map(([scope, names]) => `GRANT ${names.join(', ')} ON ${scope} TO ${account}`);
  };
  return { account, grants: own, has, missing };
}

interface Grant {
  privileges: ReadonlySet<string>;
  /** Absent: global. */
  schemaPattern?: string;
}

async function showGrants(session: Session, show: string): Promise<string[]> {
  const rows = await session.rows<Record<string, string>>(show);
  return rows.map((row) => Object.values(row)[0] ?? '');
}

/** MySQL 8: `` `role`@`%`,… ``. MariaDB's SHOW GRANTS includes the current role by itself; 5.7 has no roles. */
async function activeRoles(session: Session): Promise<string | undefined> {
  // A version comment: MySQL from 8.0 on asks for the roles, every other server gets NULL.
  const [row] = await session.rows<{ roles: string | null }>(
    'SELECT COALESCE(NULL /*!80000 , CURRENT_ROLE() */) AS roles',
  );
  const roles = row?.roles ?? 'NONE';
  return roles === 'NONE' ? undefined : roles;
}

/** `GRANT SELECT, INSERT ON \`db\`.* TO …`; a grant on a single table or routine is left out. */
function parseGrant(text: string): Grant[] {
  const match = /^GRANT (.+?) ON (\*|`(?:[^`]|``)*`)\.\* TO /i.exec(text);
  if (match === null) return [];
  const [, list = '', schema = '*'] = match;
  const names = list.split(',').map((privilege) => privilege.trim().toUpperCase());
  const privileges = new Set(names.map((name) => (name === 'ALL PRIVILEGES' ? 'ALL' : name)));
  const schemaPattern = schema === '*' ? undefined : schema.slice(1, -1).replaceAll('``', '`');
  return [present({ privileges, schemaPattern })];
}

function covers(grant: Grant, schema: string | undefined): boolean {
  if (grant.schemaPattern === undefined) return true;
  return schema !== undefined && likeMatches(grant.schemaPattern, schema);
}

/** Schema names in grants are LIKE patterns: `_` and `%` are wildcards unless escaped (manual, GRANT). */
function likeMatches(pattern: string, text: string): boolean {
  const wildcards: Record<string, string> = { _: '.', '%': '.*' };
  const source = pattern.replace(/\\[_%]|[\s\S]/gu, (part) =>
    part.length > 1 && part.startsWith('\\') ? part.slice(1) : (wildcards[part] ?? escapeRegExp(part)),
  );
  return new RegExp(`^${source}$`, 'isu').test(text);
}

/**
 * What every run needs, direct or not: to change the table, to try the change on a clone of it, and to see who
 * holds it.
 * @param more that a setting of this run asks for
 * @throws {Fault} exit code 11, with the GRANT statements that fix it
 */
export function requirePrivileges(
  privileges: Privileges,
  schema: string,
  more: readonly WantedPrivilege[] = [],
): void {
  const onSchema = ['ALTER', 'CREATE', 'DROP', 'INDEX', 'INSERT', 'SELECT'];
  const missing = privileges.missing([
    ...onSchema.map((privilege): WantedPrivilege => ({ anyOf: [privilege], schema })),
    { anyOf: ['PROCESS', 'SUPER'] },
    ...more,
  ]);
  if (missing.length === 0) return;
  throw lacksPrivileges(`${privileges.account} lacks privileges that alterwise needs.`, missing.join('; '));
}

/** @param next the GRANT statements that fix it */
export function lacksPrivileges(message: string, next: string, cause?: unknown): Fault {
  return new Fault(message, { id: 'privileges', exitCode: exitCodes.environment, next, cause });
}

/** What it takes to end connections of other accounts. */
export function killPrivilege(server: ServerIdentity): WantedPrivilege {
  const admin = connectionAdmin(server);
  return { anyOf: admin === undefined ? ['SUPER'] : [admin, 'SUPER'] };
}
