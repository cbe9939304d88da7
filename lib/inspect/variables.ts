import type { Session } from '../mysql/session.js';
import { identify, type ServerIdentity } from './capabilities.js';

/** The server's global variables; one that it does not have is absent. */
export interface Variables {
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  on(name: string): boolean;
}

/** SHOW VARIABLES, not `@@name`: a variable that a version lacks is then a missing row, not error 1193. */
export async function readVariables(session: Session): Promise<Variables> {
  const rows = await session.rows<{ Variable_name: string; Value: string }>('SHOW GLOBAL VARIABLES');
  const values = new Map(rows.map((row) => [row.Variable_name.toLowerCase(), row.Value]));
  const text = (name: string) => values.get(name);
  return {
    text,
    number: (name) => {
      const value = Number(text(name) ?? Number.NaN);
      return Number.isFinite(value) ? value : undefined;
    },
    on: (name) => ['ON', '1', 'YES'].includes((text(name) ?? '').toUpperCase()),
  };
}

export function identityOf(variables: Variables): ServerIdentity {
  return identify(variables.text('version'), variables.text('version_comment'));
}
