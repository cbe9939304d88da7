import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { forEachServer } from '../servers.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

t.test('a connection on which nothing arrives any more does not keep a process alive', async (t) => {
  await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, { port, password }) => {
    const proxy = await startTcpProxy(port);
    t.teardown(() => proxy.close());
    const script = fileURLToPath(new URL('../fixtures/lost-session.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, String(proxy.port), password]);
    t.teardown(() => child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    proxy.silence();
    child.stdin.write('go on\n');
    // Otherwise it lives until the kernel gives up, after a quarter of an hour.
    const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const [code] = (await ended) as [number | null];
    clearTimeout(limit);
    t.equal(code, 0);
    t.match(said, /no answer within/);
  });
});
