import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { decide } from '../../../lib/engines/direct/outcome.js';
import { listedId } from '../../../lib/engines/direct/statement.js';
import { withSession } from '../../../lib/mysql/session.js';
import { makePlan } from '../../../lib/plan/make-plan.js';
import { run } from '../../../lib/run/run.js';
import { serverKinds } from '../../sandbox/index.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../../servers.js';
import { altersOf } from '../../support/big-table.js';
import { plannedAlter } from '../../support/planned.js';
import { requestFor } from '../../support/request.js';
import { connectionTo } from '../../support/settings.js';
import { asItWas } from '../../support/texts.js';
import { until } from '../../support/until.js';

const ownId = 4_000_000_000;

/** Tells each client an id of its own, as ProxySQL does. */
async function startProxy(t: Test, port: number): Promise<{ port: number; cut(): void }> {
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect({ host: '127.0.0.1', port });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          client.destroy();
          server.destroy();
        });
    }
    server.once('data', (greeting) => {
      // Of the packet: 4 bytes of head, the version of the protocol, that of the server up to a 0, the id.
      greeting.writeUInt32LE(ownId, greeting.indexOf(0, 5) + 1);
      client.write(greeting);
      server.pipe(client);
    });
    client.pipe(server);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  t.teardown(() => {
    cut();
    listener.close();
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, cut };
}

t.test('the list of the server has a session by its id, unless a proxy stands between', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    await withSession(connectionTo(server), {}, async (session) => {
      t.equal(await listedId(session), session.connectionId);
    });
    const { port } = await startProxy(t, server.port);
    await withSession(connectionTo({ ...server, port }), {}, async (session) => {
      t.equal(session.connectionId, ownId);
      t.equal(await listedId(session), undefined);
    });
  });
});

t.test('behind such a proxy', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
    t.jobs = 3;
    t.test('an ALTER that takes long is waited for', (t) => waitedFor(t, server));
    t.test('one whose connection is lost is looked for by its text', (t) => lost(t, server));
    t.test('one that is not found is not said to be over', (t) => notKnown(t, server));
  });
});

async function held(schema: Schema): Promise<() => Promise<unknown>> {
  await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT)');
  await schema.query('INSERT INTO t VALUES (1, 1)');
  const holder = await schema.connect();
  await holder.query('LOCK TABLES t READ'); // no transaction, which would be waited for before the ALTER is sent
  return () => holder.query('UNLOCK TABLES');
}

async function waitedFor(t: Test, server: TestServer): Promise<void> {
  const schema = await freshSchema(t, server);
  const release = await held(schema);
  const { port } = await startProxy(t, server.port);
  const sql = `ALTER TABLE ${schema.name}.t ADD b INT`;
  const running = run(requestFor({ ...server, port }, sql, { lockWaitTimeoutSeconds: 30 }));
  await until('the ALTER is seen', async () => (await altersOf(schema, 't')).length > 0);
  await sleep(13_000); // two looks at what the server does, 5 s apart
  await release();
  t.match(await running, { exitCode: 0, statements: [{ outcome: 'done', reason: { id: 'done' } }] });
}

async function lost(t: Test, server: TestServer): Promise<void> {
  const schema = await freshSchema(t, server);
  const release = await held(schema);
  const { port, cut } = await startProxy(t, server.port);
  const sql = `ALTER TABLE ${schema.name}.t ADD b INT`;
  let isOver = false;
  const running = run(requestFor({ ...server, port }, sql, { lockWaitTimeoutSeconds: 30 })).finally(() => {
    isOver = true;
  });
  await until('the ALTER is seen', async () => (await altersOf(schema, 't')).length > 0);
  cut();
  await sleep(2_000);
  const ends = (await altersOf(schema, 't')).length === 0;
  t.equal(isOver, ends, 'nothing is told as long as the server is at it');
  await release();
  const { statements } = await running;
  const [column] = await schema.query("SHOW COLUMNS FROM t LIKE 'b'");
  t.match(statements, [column ? { outcome: 'done' } : { outcome: 'unknown', exitCode: 9 }]);
}

async function notKnown(t: Test, server: TestServer): Promise<void> {
  const schema = await freshSchema(t, server);
  await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
  const plan = await makePlan(requestFor(server, `ALTER TABLE ${schema.name}.t ADD b INT`));
  const figures = { attempts: 1, longestWaitMs: 0, statementMs: 1, ended: [] };
  const end = { end: 'lost', error: new Error('gone'), ...figures } as const;
  const timing = { startedAt: '', durationMs: 1 };
  const told = (connectionId?: number) =>
    decide(
      plannedAlter(plan),
      connectionId === undefined ? end : { ...end, connectionId },
      { state: 'as-before' },
      timing,
      false,
    );
  t.match(told(), { outcome: 'unknown', exitCode: 9, state: /proxy/, next: /SHOW PROCESSLIST/ });
  t.match(told(7), { outcome: 'refused', state: asItWas });
}
