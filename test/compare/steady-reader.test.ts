import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { withSteadyReader } from '../../lib/compare/steady-reader.js';
import { forEachServer, freshSchema } from '../servers.js';
import { connectionTo } from '../support/settings.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  const proxy = await startTcpProxy(server.port);
  t.teardown(() => proxy.close());
  const connection = connectionTo({ ...server, port: proxy.port });
  const flavor = server.kind.startsWith('mariadb') ? 'mariadb' : 'mysql';
  const options = {
    deadline: performance.now() + 120_000,
    signal: new AbortController().signal,
    setUp: ['SET @is_set_up=1'],
  };

  proxy.cut();
  const reading = withSteadyReader({ flavor }, connection, options, async (reader) => {
    const ask = () => reader.rows<{ value: number }>('SELECT @is_set_up + 0 AS value');
    const first = await ask();
    proxy.cut();
    const second = ask();
    await sleep(700);
    proxy.heal();
    return [first, await second];
  });
  reading.catch(() => {}); // told below
  await sleep(700);
  proxy.heal();
  const one = [{ value: 1 }];
  t.match(await reading, [one, one], 'it waits for its first connection, and for each one after it');

  await t.test('a table that is locked is waited for, for longer than a lock', async (t) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT)');
    const holder = await schema.connect();
    await holder.query('LOCK TABLES t WRITE');
    const start = performance.now();
    const releasing = sleep(2_500).then(() => holder.query('UNLOCK TABLES'));
    const rows = await withSteadyReader({ flavor }, connection, options, (reader) =>
      reader.select(`COUNT(*) AS n FROM ${schema.name}.t`, 60_000),
    );
    await releasing;
    t.same(rows, [{ n: 0 }]);
    t.ok(performance.now() - start > 2_400);
  });

  await t.test('a statement that somebody kills is asked again', async (t) => {
    let kills = 0;
    const schema = await freshSchema(t, server);
    const slow = 'SLEEP(2) AS slept /* to be killed */';
    const killing = setInterval(async () => {
      const found = await schema.query<{ id: number }>(
        "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE INFO LIKE '%SLEEP(2) AS slept /* to be killed%' AND ID<>CONNECTION_ID()",
      );
      if (found[0] === undefined || kills === 2) return;
      kills++;
      await schema.query(`KILL QUERY ${found[0].id}`);
    }, 300);
    t.teardown(() => clearInterval(killing));
    const rows = await withSteadyReader({ flavor }, connection, options, (reader) => reader.select(slow));
    t.equal(rows.length, 1);
  });
});
