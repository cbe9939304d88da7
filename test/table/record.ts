/**
 * Writes test/fixtures/definitions/*.json: what each server makes of the statements in test/fixtures/definitions.ts. Run it
 * with the servers of the tests when a statement is added or a server gets another version:
 *
 *     ALTERWISE_TEST_SERVERS='…' npx tsx test/table/record.ts
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { creates } from '../fixtures/definitions.js';
import { serverKinds } from '../sandbox/index.js';
import { recordDefinitions } from '../support/record-definitions.js';
import type { Account } from '../support/settings.js';

const servers = JSON.parse(process.env.ALTERWISE_TEST_SERVERS ?? '{}') as Record<string, Account>;
for (const kind of serverKinds) {
  const account = servers[kind];
  if (account === undefined || !('host' in account)) throw new Error(`${kind} is not there`);
  const { host, port, user, password } = account;
  const connection = await createConnection({ host, port, user, password });
  const query = async (sql: string) => (await connection.query(sql))[0];
  const name = `aw_record_${randomBytes(4).toString('hex')}`;
  try {
    await query(`CREATE DATABASE ${name}`);
    await query(`CREATE DATABASE ${name}_else`);
    await query(`USE ${name}`);
    const definitions = await recordDefinitions({ name, elsewhere: `${name}_else`, query }, creates);
    const lines = definitions.map((each) => JSON.stringify(each)).join(',\n');
    const file = new URL(`../fixtures/definitions/${kind}.json`, import.meta.url);
    writeFileSync(file, `{"definitions":[\n${lines}\n]}\n`);
    console.log(`${kind}: ${definitions.filter(({ definition }) => definition !== undefined).length}`);
  } finally {
    await query(`DROP DATABASE IF EXISTS ${name}`);
    await query(`DROP DATABASE IF EXISTS ${name}_else`);
    await connection.end();
  }
}
