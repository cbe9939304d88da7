import type { ChangeFacts } from '../../lib/checks/shared/facts.js';
import { readPrivileges } from '../../lib/inspect/privileges.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { inspectTable } from '../../lib/inspect/table.js';
import type { Session } from '../../lib/mysql/session.js';
import { probe } from '../../lib/probe/probe.js';
import { parseStatements } from '../../lib/sql/parse.js';
import type { Schema } from '../servers.js';
import { type Account, settingsFor } from './settings.js';

/** What the checks of `ALTER TABLE t alter` are told; the change must be one that applies. */
export async function changeFacts(
  session: Session,
  account: Account,
  schema: Schema,
  alter: string,
  name = 't',
): Promise<ChangeFacts> {
  const [statement] = parseStatements(`ALTER TABLE \`${schema.name}\`.\`${name}\` ${alter}`);
  if (statement?.kind !== 'alter') throw new Error(alter);
  const server = await inspectServer(session);
  const table = await inspectTable(session, server, { schema: schema.name, name });
  const privileges = await readPrivileges(session);
  const probed = await probe(session, { server, table, privileges }, statement, settingsFor(account));
  if (probed.kind !== 'applies') throw new Error(`${alter}: ${JSON.stringify(probed).slice(0, 300)}`);
  return { server, table, statement, probe: probed };
}
