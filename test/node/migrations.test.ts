import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { built } from '../built.js';
import { forEachServer, freshSchema } from '../servers.js';

/** The runner runs this on each supported version of Node: the command line as it is shipped, on this version. */
await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  const { path: ghost } = await installGhost();
  const state = mkdtempSync(join(tmpdir(), 'alterwise-node-'));
  t.teardown(() => rmSync(state, { recursive: true, force: true }));
  const schema = await freshSchema(t, server);
  await schema.query('CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, total INT NOT NULL)');
  await schema.query('INSERT INTO orders (total) VALUES (1), (2), (3)');
  const env = {
    ...{ PATH: process.env.PATH, HOME: state, GH_OST: ghost, ALTERWISE_STATE_DIR: state },
    ...{ ALTERWISE_HOST: server.host, ALTERWISE_PORT: String(server.port), ALTERWISE_USER: server.user },
    ...{ ALTERWISE_PASSWORD: server.password, ALTERWISE_DATABASE: schema.name },
  };
  const changes = [
    { strategy: 'direct', type: 'bigint', took: ['copy', 'inplace', 'instant'] },
    { strategy: 'gh-ost', type: 'decimal(12,0)', took: ['gh-ost'] },
  ];
  for (const { strategy, type, took } of changes) {
    await t.test(`${strategy}, on Node ${process.version}`, async (t) => {
      const sql = `ALTER TABLE orders MODIFY total ${type} NOT NULL`;
      const args = ['run', sql, '--strategy', strategy, '--rehearse', 'off', '--format', 'json'];
      const { exitCode, stdout, stderr } = await execa(
        process.execPath,
        [join(built, 'bin/alterwise.js'), ...args],
        { env, extendEnv: false, stdin: 'ignore', reject: false, timeout: 120_000 },
      );
      t.equal(exitCode, 0, stderr);
      const { statements } = JSON.parse(stdout) as { statements: { outcome: string; strategy: string }[] };
      t.match(statements, [{ outcome: 'done' }]);
      const by = statements[0]?.strategy ?? 'none';
      t.ok(took.includes(by), by);
      const [column] = await schema.query<{ Type: string }>("SHOW COLUMNS FROM orders LIKE 'total'");
      t.equal(column?.Type, type);
    });
  }
});
