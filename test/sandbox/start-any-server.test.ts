import { chmod, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t from 'tap';
import { cacheFolder } from '../../lib/util/install-once.js';
import { installServer } from './install-server.js';
import { startAnyServer } from './start-any-server.js';
import { tracesOf } from './traces.js';

t.test('the server that ALTERWISE_SANDBOX_URL names is taken, and not stopped', async (t) => {
  const url = 'mysql://us%40er:p%3Ass@db.example:3307';
  const server = await startAnyServer({ env: { ALTERWISE_SANDBOX_URL: url } });
  t.match(server, { kind: 'external', host: 'db.example', port: 3307, user: 'us@er', password: 'p:ss' });
  await server.stop();
});

t.test('a URL that is none is told without being repeated, for it may hold a password', async (t) => {
  const starting = startAnyServer({ env: { ALTERWISE_SANDBOX_URL: 'root:secret@localhost' } });
  const error: unknown = await starting.catch((error: unknown) => error);
  t.match(error, { id: 'sandbox-url', exitCode: 2 });
  t.notMatch(String(error), /secret/);
});

t.test('a server program on PATH is used', async (t) => {
  const { command, args, sqlFolder = '' } = await installServer('mariadb-10.11', {});
  const script = `#!/bin/sh\nfirst=$1; shift\nexec ${command.join(' ')} $first ${args.join(' ')} "$@"\n`;
  const folder = t.testdir({ bin: { mariadbd: script }, share: {} });
  await chmod(join(folder, 'bin/mariadbd'), 0o755);
  await symlink(sqlFolder, join(folder, 'share/mysql'));
  process.env.ALTERWISE_CACHE = join(folder, 'cache');
  t.teardown(() => delete process.env.ALTERWISE_CACHE);

  const PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
  const server = await startAnyServer({ env: { PATH }, flavor: 'mariadb' });
  t.teardown(() => server.stop());
  t.equal(server.kind, 'path');
  await server.stop();
  t.same(await tracesOf(server), []);
});

t.test('a Docker engine is used, and its container removed', async (t) => {
  const diary = join(t.testdir({}), 'diary');
  const PATH = process.env.PATH;
  process.env.PATH = `${dirname(new URL('./fixtures/docker', import.meta.url).pathname)}:${PATH}`;
  process.env.DOCKER_DIARY = diary;
  t.teardown(() => {
    process.env.PATH = PATH;
    delete process.env.DOCKER_DIARY;
  });

  const server = await startAnyServer({ env: {}, flavor: 'mysql' });
  t.teardown(() => server.stop());
  t.equal(server.kind, 'docker');
  await server.stop();
  const said = await readFile(diary, 'utf8');
  const name = /--name (\S+)/.exec(said)?.[1] ?? 'nothing';
  t.match(said, /^run .*--env MYSQL_ROOT_PASSWORD mysql:/m);
  t.notMatch(said, server.password);
  t.match(said, 'SIGTERM\n');
  t.ok(said.endsWith(`rm --force --volumes ${name}\n`));
});

t.test('where nothing can be had, each way says why', async (t) => {
  const { PATH } = process.env;
  process.env.ALTERWISE_CACHE = t.testdir({});
  process.env.PATH = '/nowhere';
  t.teardown(() => {
    process.env.PATH = PATH;
    delete process.env.ALTERWISE_CACHE;
  });
  const steps: string[] = [];
  const starting = startAnyServer({ env: {}, flavor: 'mysql', onProgress: (text) => steps.push(text) });
  const reason =
    /Docker: not here; MySQL 9.7 from Debian: mysql-9.7 cannot be had here: apt-get is not installed/;
  await t.rejects(starting, { id: 'server-unavailable', exitCode: 11, message: reason });
  t.match(steps.at(-1), /trying the next way$/);
  await t.rejects(installServer('mysql-8.0', {}), {
    message: 'mysql-8.0 cannot be had here: apt-get is not installed',
    reason: 'apt-get is not installed',
  });
  t.same(await readdir(cacheFolder(), { recursive: true }), ['debian'], 'and nothing half done is left');
});
