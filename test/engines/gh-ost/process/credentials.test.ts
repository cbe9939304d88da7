import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { writeCredentials } from '../../../../lib/engines/gh-ost/process/credentials.js';
import { Fault } from '../../../../lib/fault.js';
import { Secret } from '../../../../lib/settings/secret.js';
import { forEachServer, freshSchema } from '../../../servers.js';
import { startRealGhost } from '../real-ghost.js';

t.test('the file, and the environment', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'aw-credentials-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const password = new Secret('geheim');
  const parent = { PATH: '/bin', HOME: '/root', AWS_SECRET_ACCESS_KEY: 'x', TZ: 'UTC', LANG: '' };
  const { confPath, env } = await writeCredentials(folder, { user: 'app', password }, parent);
  t.equal((await stat(confPath)).mode & 0o777, 0o600);
  t.notMatch(await readFile(confPath, 'utf8'), /geheim|app/);
  t.same(env, {
    PATH: '/bin',
    HOME: '/root',
    TZ: 'UTC',
    ALTERWISE_GHOST_USER: 'app',
    ALTERWISE_GHOST_PASSWORD: 'geheim',
  });
});

t.test('no password', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'aw-credentials-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const { confPath, env } = await writeCredentials(folder, { user: 'app' }, {});
  t.notMatch(await readFile(confPath, 'utf8'), /password/);
  t.same(env, { ALTERWISE_GHOST_USER: 'app' });
});

t.test('a user that gh-ost would cut', async (t) => {
  const error = await t.rejects(writeCredentials('/nonexistent', { user: 'a:b' }, {}));
  t.ok(error instanceof Fault);
});

t.test('nasty passwords reach the server', async (t) => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what makes them nasty
  const passwords = ['#;"\'`${X}%', '${HOME}', '"""', 'a@b:c/d?e=f&g', '  x  ', '%(user)s\\n$1', 'ünïcödé €'];
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY)');
    for (const [index, password] of passwords.entries()) {
      await t.test(password, async (t) => {
        const user = `u#${index} ${process.pid}`;
        await schema.query(`CREATE USER '${user}'@'%' IDENTIFIED BY ?`, [password]);
        t.teardown(() => schema.query(`DROP USER '${user}'@'%'`));
        await schema.query(`GRANT ALL ON *.* TO '${user}'@'%'`);
        const ghost = await startRealGhost(t, server, schema, `ADD COLUMN c${index} INT`, { user, password });
        await ghost.until((status) => status.includes('postponing cut-over'));
        t.notOk(ghost.process.tail().join('\n').includes(password));
        await ghost.ask('panic');
        await ghost.process.exited;
        await schema.query('DROP TABLE IF EXISTS _t_gho, _t_ghc');
      });
    }
  });
});
