import t from 'tap';
import type { Fault } from '../../lib/fault.js';
import { readPrivileges, requirePrivileges } from '../../lib/inspect/privileges.js';
import { openSession } from '../../lib/mysql/session.js';
import { serverKinds } from '../sandbox/index.js';
import { forEachServer, freshSchema } from '../servers.js';
import { accountWith } from '../support/account.js';
import { type Account, connectionTo } from '../support/settings.js';

async function privilegesOf(account: Account) {
  const session = await openSession(connectionTo(account));
  try {
    return await readPrivileges(session);
  } finally {
    await session.close();
  }
}

t.test('privileges are what was granted: everywhere, on a schema, on a pattern', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const { name } = schema;
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT)');
    const of = async (...grants: string[]) => privilegesOf(await accountWith(t, server, schema, grants));

    const root = await privilegesOf(server);
    t.ok(root.has('ALTER', name) && root.has('PROCESS') && root.has('ALTER', 'anything'));
    t.equal(root.account, "'root'@'%'");

    const none = await of();
    t.notOk(none.has('SELECT', name) || none.has('PROCESS'));

    const all = await of('ALL ON @schema.*');
    t.ok(all.has('ALTER', name) && all.has('TRIGGER', name));
    t.notOk(all.has('ALTER') || all.has('ALTER', `${name}x`) || all.has('PROCESS'));
    t.notOk(all.has('ALTER', name.replaceAll('_', 'x')), 'an escaped _ is no wildcard');

    const pattern = await of(`SELECT, INSERT ON \`${name.slice(0, 3)}%\`.*`, `ALTER ON \`${name}\`.*`);
    t.ok(pattern.has('SELECT', name) && pattern.has('INSERT', `${name}_more`));
    t.notOk(pattern.has('DELETE', name) || pattern.has('SELECT', 'other'));
    t.ok(pattern.has('ALTER', name.replaceAll('_', 'x')), 'a bare _ is a wildcard');

    const single = await of(`ALL ON \`${name}\`.t`, `SELECT (a) ON \`${name}\`.t`);
    t.notOk(single.has('ALTER', name), 'on one table is not on the schema');
  });
});

t.test('what an active role gives is given', async (t) => {
  await forEachServer(t, ['mysql-8.0', 'mysql-9.7', 'mariadb-10.11', 'mariadb-11.4'], async (t, server) => {
    const schema = await freshSchema(t, server);
    const role = `role_${schema.name.slice(-8)}`;
    await schema.query(`CREATE ROLE ${role}`);
    t.teardown(async () => void (await schema.query(`DROP ROLE ${role}`)));
    await schema.query(`GRANT ALTER, CREATE ON \`${schema.name}\`.* TO ${role}`);
    const account = await accountWith(t, server, schema, ['SELECT ON @schema.*']);
    await schema.query(`GRANT ${role} TO ${account.name}`);
    t.notOk((await privilegesOf(account)).has('ALTER', schema.name), 'not active');
    const isMariadb = server.kind.startsWith('mariadb');
    await schema.query(
      isMariadb
        ? `SET DEFAULT ROLE ${role} FOR ${account.name}`
        : `SET DEFAULT ROLE ${role} TO ${account.name}`,
    );
    const active = await privilegesOf(account);
    t.ok(active.has('ALTER', schema.name) && active.has('SELECT', schema.name));
    t.notOk(active.has('DROP', schema.name));
  });
});

t.test('each missing privilege is named in a GRANT, and that GRANT is enough', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const missing = async (account: Account): Promise<Fault | undefined> => {
      try {
        requirePrivileges(await privilegesOf(account), schema.name);
        return undefined;
      } catch (error) {
        return error as Fault;
      }
    };
    t.equal(await missing(server), undefined, 'root lacks nothing');
    for (const grants of [
      [],
      ['SELECT ON @schema.*'],
      ['ALL ON @schema.*'],
      ['PROCESS ON *.*', 'ALTER, DROP ON @schema.*'],
    ]) {
      const account = await accountWith(t, server, schema, grants);
      const fault = await missing(account);
      t.match(fault, { id: 'privileges', exitCode: 11 }, `with ${grants.join(' and ') || 'nothing'}`);
      for (const grant of fault?.next?.split('; ') ?? []) await schema.query(grant);
      t.equal(await missing(account), undefined, `after ${fault?.next}`);
    }
    const fault = await missing(
      await accountWith(t, server, schema, ['SELECT, INSERT ON @schema.*', 'PROCESS ON *.*']),
    );
    t.match(fault?.next, new RegExp(`^GRANT ALTER, CREATE, DROP, INDEX ON \`${schema.name}\`\\.\\* TO 'aw_`));
  });
});
