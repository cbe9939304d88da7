import type { Test } from 'tap';
import { readPrivileges } from '../../lib/inspect/privileges.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { inspectTable } from '../../lib/inspect/table.js';
import { openSession, type Session } from '../../lib/mysql/session.js';
import { type Probe, probe } from '../../lib/probe/probe.js';
import type { Settings } from '../../lib/settings/settings.js';
import { parseStatements } from '../../lib/sql/parse.js';
import type { Schema } from '../servers.js';
import { type Account, connectionTo, settingsFor } from './settings.js';

/** A session as alterwise opens it; closed with the test. */
export async function sessionFor(t: Test, account: Account): Promise<Session> {
  const session = await openSession(connectionTo(account));
  t.teardown(() => session.close());
  return session;
}

/** Probes `ALTER TABLE name alter`. */
export async function probeAlter(
  session: Session,
  account: Account,
  schema: Schema,
  alter: string,
  { table: name = 't', ...changes }: Partial<Settings> & { table?: string } = {},
): Promise<Probe> {
  const quoted = `\`${schema.name}\`.\`${name.replaceAll('`', '``')}\``;
  const [statement] = parseStatements(`ALTER TABLE ${quoted} ${alter}`);
  if (statement === undefined) throw new Error(alter);
  const server = await inspectServer(session);
  const table = await inspectTable(session, server, { schema: schema.name, name });
  const privileges = await readPrivileges(session);
  return probe(session, { server, table, privileges }, statement, settingsFor(account, changes));
}
