import { connect, createServer, type Socket } from 'node:net';
import { createConnection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { Fault } from '../../lib/fault.js';
import { holdLock } from '../../lib/mysql/named-lock.js';
import { type SandboxServer, startServer } from '../sandbox/index.js';
import { forEachServer } from '../servers.js';
import { connectionTo } from '../support/settings.js';
import { until } from '../support/until.js';

const lockName = 'aw-after-restart';
const taken = () => new Fault('taken', { id: 'already-running', exitCode: 11 });

await forEachServer(t, ['mariadb-10.11'], async (t, { kind }) => {
  const before = await startServer(kind);
  t.teardown(() => before.stop());
  // So that the later server has not used up the number of the lock's connection.
  for (let n = 0; n < 20; n++) await (await connectedTo(t, before)).end();
  const place = await movablePlace(t, before.port);
  const told: (number | undefined)[] = [];
  const settings = connectionTo({ ...before, host: '127.0.0.1', port: place.port });
  const lock = await holdLock(settings, lockName, { taken, lookMs: 200, onLost: (who) => told.push(who) });
  const owner = await ownerOn(await connectedTo(t, before));

  const after = await startServer(kind, { password: before.password });
  t.teardown(() => after.stop());
  const other = await connectionNumbered(t, after, owner);
  await other.query(`SELECT GET_LOCK('${lockName}', 1)`);
  await place.move(after.port);

  await t.test(
    'a restart gives the number of a lock to another connection, which is left alone',
    async (t) => {
      await until('the loss of the lock is reported', () => told.length > 0);
      t.same(told, [owner]);
      await lock.release();
      t.equal(await ownerOn(other), owner);
    },
  );
});

/** Where a server is reached, before it restarts and after that. */
async function movablePlace(t: Test, first: number) {
  let target = first;
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect({ host: '127.0.0.1', port: target });
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const reset = () => {
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(() => {
    listener.close();
    reset();
  });
  const move = async (port: number) => {
    target = port;
    reset();
  };
  return { port: address.port, move };
}

async function connectedTo(t: Test, { host, port, user, password }: SandboxServer) {
  const connection = await createConnection({ host, port, user, password });
  connection.on('error', () => {}); // the server ends with the test
  t.teardown(() => connection.destroy());
  return connection;
}

async function connectionNumbered(t: Test, server: SandboxServer, id: number) {
  return until(
    `a connection gets the number ${id}`,
    async () => {
      const connection = await connectedTo(t, server);
      if (connection.threadId === id) return connection;
      if (connection.threadId > id) throw new Error(`connection ${id} is in use`);
      await connection.end();
      return undefined;
    },
    { everyMs: 0 },
  );
}

async function ownerOn(connection: Awaited<ReturnType<typeof connectedTo>>): Promise<number> {
  const [rows] = await connection.query(`SELECT IS_USED_LOCK('${lockName}') AS id`);
  const [row] = rows as { id: number }[];
  return Number(row?.id);
}
