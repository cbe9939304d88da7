/**
 * Writes test/fixtures/probes/*.json anew: what each server says of every change in test/support/changes.ts. Run it
 * with the servers of the tests, where a change is added or a server gets another version:
 *
 *     ALTERWISE_TEST_SERVERS='…' npx tsx test/probe/record.ts
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { readPrivileges } from '../../lib/inspect/privileges.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { inspectTable } from '../../lib/inspect/table.js';
import { openSession } from '../../lib/mysql/session.js';
import { type Probe, probe } from '../../lib/probe/probe.js';
import { parseStatements } from '../../lib/sql/parse.js';
import type { RecordedProbe, RecordedServer } from '../fixtures/probes.js';
import { serverKinds } from '../sandbox/index.js';
import type { Schema } from '../servers.js';
import { changes } from '../support/changes.js';
import { type Account, connectionTo, settingsFor } from '../support/settings.js';
import { makeNumbers, makeTable } from '../support/tables.js';

const servers = JSON.parse(process.env.ALTERWISE_TEST_SERVERS ?? '{}') as Record<string, Account>;
for (const kind of serverKinds) {
  const account = servers[kind];
  if (account === undefined || !('host' in account)) throw new Error(`${kind} is not there`);
  const recorded = await record(account);
  writeFileSync(
    new URL(`../fixtures/probes/${kind}.json`, import.meta.url),
    `{"version":${JSON.stringify(recorded.version)},"probes":[\n${recorded.probes.map((each) => JSON.stringify(each)).join(',\n')}\n]}\n`,
  );
  console.log(`${kind}: ${recorded.probes.length}`);
}

async function record(account: Account): Promise<RecordedServer> {
  const name = `aw_record_${randomBytes(4).toString('hex')}`;
  const { host, port, user, password } = account;
  const connection = await createConnection({ host, port, user, password });
  const session = await openSession(connectionTo(account));
  const query = async (sql: string) => (await connection.query(sql))[0];
  try {
    await query(`CREATE DATABASE ${name}`);
    await query(`USE ${name}`);
    const schema = { name, query } as unknown as Schema;
    await makeNumbers(schema);
    const server = await inspectServer(session);
    const privileges = await readPrivileges(session);
    const probes: RecordedProbe[] = [];
    for (const { table: kind, alter } of changes) {
      const [statement] = parseStatements(`ALTER TABLE ${name}.t ${alter}`);
      if (statement === undefined) throw new Error(alter);
      await makeTable(schema, kind);
      const table = await inspectTable(session, server, { schema: name, name: 't' });
      const said = await probe(session, { server, table, privileges }, statement, settingsFor(account));
      probes.push({ table: kind, alter, probe: shortened(said, name) });
    }
    return { version: server.version.text, probes };
  } finally {
    await query(`DROP DATABASE IF EXISTS ${name}`);
    await connection.end();
    await session.close();
  }
}

/** Without the shapes, which are long and decide nothing. */
function shortened(said: Probe, schema: string): RecordedProbe['probe'] {
  const text = JSON.stringify(said, (key, value: unknown) =>
    ['before', 'after', 'difference'].includes(key) ? undefined : value,
  );
  return JSON.parse(text.replaceAll(schema, 'shop').replaceAll(/_alterwise_[0-9a-f]{12}/g, 'scratch'));
}
