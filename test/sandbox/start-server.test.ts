import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import t from 'tap';
import { type SandboxServer, type ServerKind, startServer, withServer } from './index.js';
import { tracesOf } from './traces.js';

async function ask(server: SandboxServer, sql: string): Promise<RowDataPacket> {
  const { host, port, user, password } = server;
  const connection = await createConnection({ host, port, user, password });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows[0] ?? ({} as RowDataPacket);
  } finally {
    await connection.end();
  }
}

for (const kind of ['mysql-9.7', 'mariadb-10.11'] satisfies ServerKind[]) {
  t.test(kind, async (t) => {
    const server = await startServer(kind, { variables: { 'max-connections': '77' } });
    t.teardown(() => server.stop());
    const other = await startServer(kind);
    t.teardown(() => other.stop());

    const facts = await ask(
      server,
      'SELECT VERSION() version, @@log_bin log_bin, @@binlog_format format, @@max_connections connections, ' +
        '@@performance_schema ps, @@bind_address address',
    );
    t.match(facts, { log_bin: 1, format: 'ROW', connections: 77, ps: 1, address: '127.0.0.1' });
    t.match(facts.version, kind === 'mysql-9.7' ? /^9\./ : /^10\.11\..*MariaDB/);

    t.not(server.port, other.port, 'two of a kind run side by side');
    const id = kind === 'mysql-9.7' ? '@@server_uuid' : '@@server_uid';
    const ids = await Promise.all([server, other].map((each) => ask(each, `SELECT ${id} id`)));
    t.not(ids[0]?.id, ids[1]?.id, 'and are two servers to a replica');

    const { mode } = await stat(dirname(server.dataDir ?? ''));
    t.equal(mode & 0o777, 0o700, 'nobody else may look into the folder');
    const argv = await readFile(`/proc/${server.pid}/cmdline`, 'utf8');
    t.notMatch(argv, server.password, 'the password is not in the process list');

    await server.stop();
    t.same(await tracesOf(server), [], 'stop leaves nothing');
    await server.stop();
    await other.kill();
    t.same(await tracesOf(other), [], 'kill leaves nothing');
  });
}

t.test('a setting that the server does not know is told with the words of the server', async (t) => {
  const starting = startServer('mariadb-10.11', { variables: { 'no-such-setting': '1' } });
  await t.rejects(starting, { id: 'sandbox-start', message: /unknown variable 'no-such-setting=1'/ });
});

t.test('withServer stops the server when its body throws', async (t) => {
  let seen: SandboxServer | undefined;
  const using = withServer('mariadb-10.11', {}, async (server) => {
    seen = server;
    throw new Error('from the body');
  });
  await t.rejects(using, { message: 'from the body' });
  t.ok(seen);
  if (seen) t.same(await tracesOf(seen), []);
});

t.test('an abort while the server starts leaves nothing', async (t) => {
  const abort = new AbortController();
  const steps: string[] = [];
  const onProgress = (text: string) => {
    steps.push(text);
    if (text.startsWith('starting')) setTimeout(() => abort.abort(new Error('enough')), 100);
  };
  await t.rejects(startServer('mysql-9.7', { signal: abort.signal, onProgress }), { message: 'enough' });
  t.ok(steps.includes('starting mysql-9.7'));
});
