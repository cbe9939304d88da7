import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseStatus } from '../../../../lib/engines/gh-ost/process/output.js';
import { ask, SocketError } from '../../../../lib/engines/gh-ost/process/socket.js';
import { forEachServer, freshSchema } from '../../../servers.js';
import { startRealGhost } from '../real-ghost.js';

async function listening(t: Test, answer: (socket: Socket) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aw-socket-'));
  const path = join(folder, 's');
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.teardown(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  return path;
}

async function trouble(t: Test, asking: Promise<string>): Promise<string> {
  const error = await t.rejects(asking);
  return error instanceof SocketError ? error.trouble : String(error);
}

function lagOf(status: string): number {
  return parseStatus(status.trimEnd())?.heartbeatLagMs ?? 0;
}

t.test('one line in, the answer, end', async (t) => {
  const path = await listening(t, (socket) => {
    socket.once('data', (data) => {
      socket.write(`you said ${data.toString()}`);
      setTimeout(() => socket.end('ä\n'), 20);
    });
  });
  t.equal(await ask(path, 'sup', { timeoutMs: 1000 }), 'you said sup\nä\n');
});

t.test('a listener that never answers', async (t) => {
  const path = await listening(t, (socket) => socket.on('error', () => {}).resume());
  const startedAt = Date.now();
  t.equal(await trouble(t, ask(path, 'sup', { timeoutMs: 200 })), 'silent');
  t.ok(Date.now() - startedAt < 2_000);
});

t.test('a listener that answers for ever', async (t) => {
  const path = await listening(t, (socket) => {
    const timer = setInterval(() => socket.write('x'), 10);
    socket.on('error', () => {}).on('close', () => clearInterval(timer));
  });
  t.equal(await trouble(t, ask(path, 'sup', { timeoutMs: 200 })), 'silent');
});

t.test('a listener that hangs up says nothing', async (t) => {
  const path = await listening(t, (socket) => socket.end());
  t.equal(await ask(path, 'panic', { timeoutMs: 1000 }), '');
});

t.test('nobody there', async (t) => {
  t.equal(await trouble(t, ask('/nonexistent/socket', 'sup', { timeoutMs: 1000 })), 'absent');
});

t.test('a command is one line', async (t) => {
  t.throws(() => ask('/nonexistent/socket', 'sup\npanic', { timeoutMs: 1000 }), TypeError);
});

t.test('the real one', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a INT)');
    await schema.query('INSERT INTO t (a) VALUES (1), (2), (3)');

    await t.test('pause, resume, cut over', async (t) => {
      const ghost = await startRealGhost(t, server, schema, 'ADD COLUMN b INT');
      await ghost.until((status) => status.includes('postponing cut-over'));
      t.match(await ghost.ask('chunk-size=?'), /^2000\n$/);
      t.match(await ghost.ask('bogus'), /unknown command/);
      // Its state goes on being `postponing cut-over`; that it stands still shows in its heartbeats only.
      await ghost.ask('throttle');
      await ghost.until((status) => lagOf(status) > 1_000);
      await ghost.ask('no-throttle');
      await ghost.until((status) => lagOf(status) < 1_000);
      t.match(await ghost.ask('cut-over=other'), /other/);
      t.same(await ghost.swap('cut-over=t'), { code: 0 });
      t.notOk(existsSync(ghost.socket));
      t.equal(await trouble(t, ghost.ask('sup')), 'absent');
      t.ok(ghost.lines.some(({ kind }) => kind === 'done'));
      const columns = await schema.query<{ Field: string }>('SHOW COLUMNS FROM t');
      t.same(
        columns.map(({ Field }) => Field),
        ['id', 'a', 'b'],
      );
    });

    await t.test('panic', async (t) => {
      const ghost = await startRealGhost(t, server, schema, 'ADD COLUMN c INT');
      await ghost.until((status) => status.includes('postponing cut-over'));
      await ghost.ask('panic');
      t.same(await ghost.process.exited, { code: 1 });
      // A line of its progress may come behind it.
      t.match(ghost.process.tail().join('\n'), /FATAL/);
    });
  });
});
