import { join } from 'node:path';
import t from 'tap';
import { built } from '../built.js';
import { forEachServer, freshSchema } from '../servers.js';
import { mustRun, stateFolder } from './example.js';

/** How many statements the migrations of each example send, its tables and its data among them. */
const examples = [
  { folder: 'typeorm', command: ['typeorm', 'migration:run', '-d', 'data-source.js'], statements: 15 },
  { folder: 'kysely', command: ['kysely', 'migrate:latest', '--no-outdated-check'], statements: 15 },
  { folder: 'drizzle', command: ['drizzle-kit', 'migrate'], statements: 20 },
];

t.test("alterwise plan -- a tool's own command", async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    for (const { folder, command, statements } of examples) {
      await t.test(folder, async (t) => {
        const schema = await freshSchema(t, server);
        const { host, port, user, password } = server;
        const where = ['--host', host, '--port', String(port), '--user', user, '--database', schema.name];
        const options = ['--format', 'json', '--progress', 'none', ...where];
        const program = [process.execPath, join(built, 'bin/alterwise.js'), 'plan', ...options, '--'];
        const place = { server, schema, state: stateFolder(t), env: { ALTERWISE_PASSWORD: password } };
        const { stdout } = await mustRun(folder, [...program, ...command], place);
        const plan: { statements: { strategy: string }[] } = JSON.parse(stdout);
        t.equal(plan.statements.length, statements);
        t.notOk(plan.statements.some(({ strategy }) => strategy === 'refuse'));
        t.strictSame(await schema.query('SHOW TABLES'), [], 'nothing real was changed');
      });
    }
  });
});
