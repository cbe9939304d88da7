import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import t, { type Test } from 'tap';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { built } from '../built.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';

const root = dirname(built);
const register = join(root, 'dist/lib/adapters/register.js');

/** Starts a script that knows nothing of alterwise, with it in its process. */
function start(t: Test, server: TestServer, schema: Schema, file: string, text: string, ghost?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'alterwise-app-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(root, 'node_modules/mysql2'), join(folder, 'node_modules/mysql2'));
  writeFileSync(join(folder, file), text);
  const { host, port, user, password } = server;
  return execa(process.execPath, ['--import', register, file], {
    cwd: folder,
    extendEnv: false,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      APP_DATABASE: `mysql://${user}:${password}@${host}:${port}/${schema.name}`,
      ...(ghost && { GH_OST: ghost }),
      ALTERWISE_STATE_DIR: join(folder, 'state'),
    },
    reject: false,
    timeout: 120_000,
    stdin: 'ignore',
  });
}

const scripts: Record<string, [file: string, text: string]> = {
  'require of mysql2': [
    'a.cjs',
    `const c = require('mysql2').createConnection(process.env.APP_DATABASE);
     c.query('ALTER TABLE t ADD COLUMN b int', (e) => { if (e) throw e; }); c.end();`,
  ],
  'require of mysql2/promise': [
    'a.cjs',
    `(async () => { const c = await require('mysql2/promise').createConnection(process.env.APP_DATABASE);
     await c.query('ALTER TABLE t ADD COLUMN b int'); await c.end(); })();`,
  ],
  'import of names': [
    'a.mjs',
    `import { createPool } from 'mysql2/promise';
     const p = createPool(process.env.APP_DATABASE); await p.query('ALTER TABLE t ADD COLUMN b int'); await p.end();`,
  ],
  'import of the default': [
    'a.mjs',
    `import mysql from 'mysql2';
     const p = mysql.createPool(process.env.APP_DATABASE).promise(); await p.query('ALTER TABLE t ADD COLUMN b int'); await p.end();`,
  ],
};

t.test('a script goes through alterwise without a line of it changed', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (a int PRIMARY KEY)');
    for (const [name, [file, text]] of Object.entries(scripts)) {
      const { exitCode, stderr } = await start(t, server, schema, file, text);
      t.equal(exitCode, 0, stderr);
      t.match(stderr, /\.t: done in /, name);
      await schema.query('ALTER TABLE t DROP COLUMN b');
    }
  });
});

t.test('a script that is told to stop puts everything back, and begins nothing more', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query('CREATE TABLE t (a int PRIMARY KEY)');
    await schema.query('INSERT INTO t VALUES (1), (2), (3)');
    const script = start(
      t,
      server,
      schema,
      'a.mjs',
      `import { createConnection } from 'mysql2/promise';
       const c = await createConnection(process.env.APP_DATABASE);
       const held = '/* alterwise strategy=gh-ost cut-over=manual */ ALTER TABLE t ADD COLUMN b int';
       for (const sql of [held, 'ALTER TABLE t ADD COLUMN c int']) {
         await c.query(sql).catch(({ code }) => console.log(code));
       }
       await c.end();`,
      (await installGhost()).path,
    );
    await new Promise<void>((resolve) => {
      script.stderr.on('data', (chunk) => {
        if (String(chunk).includes('wait-cut-over')) resolve();
      });
    });
    script.kill('SIGTERM');
    const { stdout, stderr } = await script;
    t.equal(stdout, 'ALTERWISE_ABORTED\nALTERWISE_ABORTED', stderr);
    t.strictSame(await schema.query('SHOW TABLES'), [{ [`Tables_in_${schema.name}`]: 't' }]);
    t.strictSame(await schema.query('SELECT * FROM t'), [{ a: 1 }, { a: 2 }, { a: 3 }]);
  });
});
