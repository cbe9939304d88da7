import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { built } from '../built.js';
import { forEachServer, freshSchema } from '../servers.js';
import { testStateDir } from '../support/settings.js';
import { programs } from './programs.js';

t.ok(built, 'the programs import what is built, as alterwise');

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.jobs = 2;
  for (const { name, text, prints } of programs()) {
    void t.test(name, { buffered: true }, async (t) => {
      const schema = await freshSchema(t, server);
      await schema.query('CREATE TABLE orders (id INT PRIMARY KEY)');
      await schema.query('INSERT INTO orders VALUES (1), (2)');
      // Within the package, where its own name leads to it.
      const cwd = t.testdir({});
      await writeFile(join(cwd, 'program.ts'), text);
      const { exitCode, stdout, stderr } = await execa(process.execPath, ['--import', 'tsx', 'program.ts'], {
        cwd,
        stdin: 'ignore',
        reject: false,
        timeout: 120_000,
        extendEnv: false,
        env: {
          PATH: process.env.PATH,
          HOME: cwd,
          ALTERWISE_HOST: server.host,
          ALTERWISE_PORT: String(server.port),
          ALTERWISE_USER: server.user,
          ALTERWISE_PASSWORD: server.password,
          ALTERWISE_DATABASE: schema.name,
          ALTERWISE_STATE_DIR: testStateDir(),
        },
      });
      t.equal(exitCode, 0, stderr);
      t.ok(prints.length > 0, 'it shows what it prints');
      t.same(
        stdout.split('\n').filter((line) => prints.includes(line)),
        prints,
        stdout,
      );
    });
  }
});
