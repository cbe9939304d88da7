import { randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import type { Schema, TestServer } from '../servers.js';
import type { Account } from './settings.js';

/** An account of its own, with these grants and nothing else; `@schema` stands for the schema. */
export async function accountWith(
  t: Test,
  server: TestServer,
  schema: Schema,
  grants: readonly string[],
): Promise<Account & { name: string }> {
  const user = `aw_${randomBytes(5).toString('hex')}`;
  const name = `'${user}'@'%'`;
  const password = randomBytes(8).toString('hex');
  await schema.query(`CREATE USER ${name} IDENTIFIED BY '${password}'`);
  t.teardown(async () => void (await schema.query(`DROP USER ${name}`)));
  for (const grant of grants) {
    await schema.query(
      `GRANT ${grant.replaceAll('@schema', `\`${schema.name.replaceAll('_', '\\_')}\``)} TO ${name}`,
    );
  }
  return { host: server.host, port: server.port, user, password, name };
}
