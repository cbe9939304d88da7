import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { withSteadyReader } from '../../lib/verify/rows/steady-reader.js';
import { forEachServer } from '../servers.js';
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
});
