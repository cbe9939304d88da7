import { type Connection, createConnection } from 'mysql2/promise';
import t from 'tap';
import { waitForLastStatements } from '../../../../lib/engines/gh-ost/tables/last-statements.js';
import { withSession } from '../../../../lib/mysql/session.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../../../servers.js';
import { settingsFor } from '../../../support/settings.js';
import { until } from '../../../support/until.js';

const pid = 4_242_424;

await forEachServer(t, ['mysql-5.7', 'mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const schema = await freshSchema(t, server);
  const { connection } = settingsFor(server);
  const waited = (limitMs = 20_000) =>
    withSession(connection, {}, async (session) => {
      const start = performance.now();
      await waitForLastStatements(session, { schema: schema.name, name: 't' }, pid, limitMs);
      return performance.now() - start;
    });

  t.test('where nothing is under way there is no wait', async (t) => {
    const other = await connectAs(server, schema, pid + 1);
    void other.query("SELECT SLEEP(3), '\u{1F600}'").catch(() => {});
    t.ok((await waited()) < 2_000);
    other.destroy();
  });

  const asked = {
    'of a process that has died': (dead: Connection) => dead.query('SELECT SLEEP(2)'),
    'that names a table of gh-ost': (dead: Connection) => dead.query("SELECT SLEEP(2), '_t_gho'"),
  };
  for (const [name, ask] of Object.entries(asked)) {
    t.test(`a statement ${name} is waited for, and no longer than allowed`, async (t) => {
      // Without performance_schema a server knows no process ids.
      if (name.startsWith('of') && !(await knowsProcesses(schema))) return;
      const dead = await connectAs(server, schema, pid);
      void ask(dead).catch(() => {});
      await underWay(schema, dead.threadId);
      t.ok((await waited(200)) < 1_500, 'given up after the limit');
      dead.destroy();
      t.ok((await waited()) > 100, 'waited for');
      t.notOk(await isUnderWay(schema, dead.threadId), 'it is over');
    });
  }
});

function connectAs(
  { host, port, user, password }: TestServer,
  { name }: Schema,
  pid: number,
): Promise<Connection> {
  const connectAttributes = { _pid: String(pid), _client_name: 'Go-MySQL-Driver' };
  return createConnection({ host, port, user, password, database: name, connectAttributes });
}

async function knowsProcesses(schema: Schema): Promise<boolean> {
  const [row] = await schema.query<{ on: number }>('SELECT @@performance_schema AS `on`');
  return row?.on === 1;
}

async function underWay(schema: Schema, id: number): Promise<void> {
  await until(`connection ${id} runs a statement`, () => isUnderWay(schema, id), { everyMs: 0 });
}

async function isUnderWay(schema: Schema, id: number): Promise<boolean> {
  const rows = await schema.query<{ Id: number; Info: string | null }>('SHOW FULL PROCESSLIST');
  return rows.some(({ Id, Info }) => Id === id && Info !== null);
}
