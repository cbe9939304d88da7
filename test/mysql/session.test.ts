import { createServer } from 'node:net';
import t from 'tap';
import { isConnectionLost } from '../../lib/mysql/errors.js';
import { openSession, withSession } from '../../lib/mysql/session.js';
import { Secret } from '../../lib/settings/secret.js';
import { serverKinds } from '../sandbox/index.js';
import { forEachServer, freshSchema } from '../servers.js';
import { connectionTo } from '../support/settings.js';
import { nothingWasChanged } from '../support/texts.js';

t.test('a session has bounded waits, a strict mode, no schema, and fresh statistics', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    for (const [wanted, got] of [
      [undefined, 1],
      [0, 1],
      [1.2, 2],
      [7, 7],
    ] as const) {
      const options = wanted === undefined ? {} : { lockWaitTimeoutSeconds: wanted };
      await withSession(connectionTo(server), options, async (session) => {
        const [row] = await session.rows<Record<string, string | number | null>>(
          'SELECT @@lock_wait_timeout AS locks, @@innodb_lock_wait_timeout AS ofRows, @@sql_mode AS mode, DATABASE() AS db, CONNECTION_ID() AS id',
        );
        t.match(row, { locks: got, ofRows: got, db: null, id: session.connectionId });
        const modes = String(row?.mode).split(',');
        t.ok(modes.includes('STRICT_ALL_TABLES'), String(row?.mode));
        t.notOk(modes.includes('ANSI_QUOTES') || modes.includes('NO_BACKSLASH_ESCAPES'));
        const expiry = await session.rows("SHOW VARIABLES LIKE 'information_schema_stats_expiry'");
        t.same(
          expiry.map((each) => Object.values(each)[1]),
          /^mysql-[89]/.test(server.kind) ? ['0'] : [],
        );
        await t.rejects(session.rows('SELECT * FROM t'), { errno: 1046 } as never);
      });
    }
  });
});

t.test('a wait for a lock ends, and so does a query that takes too long', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
    const holder = await schema.connect();
    await holder.query('LOCK TABLES t WRITE');
    const session = await openSession(connectionTo(server));
    const start = performance.now();
    await t.rejects(session.execute(`ALTER TABLE ${schema.name}.t ADD COLUMN a INT`), {
      errno: 1205,
    } as never);
    t.ok(performance.now() - start < 9_000, `${Math.round(performance.now() - start)} ms`);

    const again = performance.now();
    const error = await session
      .rows('SELECT SLEEP(20)', [], { limitMs: 300 })
      .catch((error: unknown) => error);
    t.ok(isConnectionLost(error), String(error));
    t.ok(performance.now() - again < 9_000, `${Math.round(performance.now() - again)} ms`);
    t.ok(isConnectionLost(await session.rows('SELECT 1').catch((error: unknown) => error)), 'it is given up');
    await session.close();
  });
});

t.test('a session that was killed can be closed', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    const start = performance.now();
    const work = withSession(connectionTo(server), {}, async (session) => {
      await schema.query(`KILL ${session.connectionId}`);
      await session.rows('SELECT 1');
    });
    await t.rejects(work);
    t.ok(performance.now() - start < 4_000);
  });
});

t.test('why there is no connection is said, with what to check', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    const settings = connectionTo(server);
    const fault = (changes: Partial<typeof settings>) =>
      openSession({ ...settings, ...changes }).catch((error: unknown) => error);
    const wrong = 'a wrong password';
    const denied = await fault({ password: new Secret(wrong) });
    t.match(denied, {
      id: 'access-denied',
      exitCode: 11,
      state: nothingWasChanged,
      next: /--user and the password/,
    });
    t.notMatch(JSON.stringify(denied) + String(denied), wrong);
    t.match(await fault({ port: 1 }), { id: 'unreachable', exitCode: 11, next: /--host and --port/ });
    t.match(await fault({ socketPath: '/nowhere/mysqld.sock' }), {
      id: 'unreachable',
      message: /\/nowhere\/mysqld\.sock/,
    });
    const tls = { mode: 'verify-ca', ca: '/nowhere/ca.pem' } as const;
    t.match(await fault({ tls }), { id: 'ssl-file', exitCode: 2, message: /\/nowhere\/ca\.pem/ });
  });
});

t.test('a port where nobody answers is not waited for without an end', { timeout: 30_000 }, async (t) => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.teardown(() => silent.close());
  const address = silent.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const start = performance.now();
  const account = { host: '127.0.0.1', port, user: 'root', password: '' };
  const fault = await openSession(connectionTo(account)).catch((error: unknown) => error);
  t.match(fault, { id: 'unreachable', exitCode: 11 });
  t.ok(performance.now() - start < 15_000, `${Math.round(performance.now() - start)} ms`);
});
