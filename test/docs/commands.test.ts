import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import t, { type Test } from 'tap';
import { built } from '../built.js';
import { modulesOf } from '../examples/install.js';
import { forEachServer, freshSchema, type Schema, type TestServer } from '../servers.js';
import { severalAtOnce } from '../support/at-once.js';
import { type Page, pages, root } from './pages.js';

/** Commands that are meant to end otherwise than with 0, by their beginning. */
const endings: Readonly<Record<string, number>> = {
  // The ids of somebody else's plans.
  'alterwise run --file 045.sql --approve': 10,
  'alterwise run --approve': 10,
};

/** Of the page about the command line, and of those of Docker, which has no engine here. */
const unwanted = ['docs/command-line.md', 'docs/docker.md', 'CHANGELOG.md', 'CONTRIBUTING.md'];

/** Lines of code that call alterwise, in their order: of a shell, or as typed at a prompt. */
function commandsOn({ text }: Page): string[] {
  const fenced = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, code = '']) => code.split('\n'));
  const indented = [...text.matchAll(/^ {4}(.+)$/gm)].map(([, line = '']) => line);
  const lines = [...fenced, ...indented].map((line) => line.replace(/^\$ /, '').trim());
  return [
    ...new Set(lines.filter((line) => /^alterwise (?:plan|run|verify|status|clean|gh-ost)\b/.test(line))),
  ];
}

/** A folder as the pages have it: a migration, a change, the project of a tool, and alterwise on the path. */
function project(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'alterwise-docs-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['config', 'migrations']) {
    cpSync(join(root, 'examples/sequelize', name), join(folder, name), { recursive: true });
  }
  symlinkSync(modulesOf('sequelize'), join(folder, 'node_modules'));
  writeFileSync(join(folder, '045.sql'), 'ALTER TABLE orders ADD COLUMN note text;');
  writeFileSync(join(folder, 'migrations/045.sql'), 'CREATE INDEX by_total ON orders (total);');
  writeFileSync(join(folder, 'change.sql'), 'ALTER TABLE orders ADD COLUMN placed int;');
  mkdirSync(join(folder, 'bin'));
  const command = join(folder, 'bin/alterwise');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${join(built, 'bin/alterwise.js')}' "$@"\n`);
  chmodSync(command, 0o755);
  return folder;
}

async function shop(schema: Schema): Promise<void> {
  await schema.query(
    'CREATE TABLE orders (id int PRIMARY KEY AUTO_INCREMENT, total decimal(10,2) NOT NULL, placed int)',
  );
  await schema.query('INSERT INTO orders (total, placed) VALUES (1.5, 1), (2.5, 2)');
}

function environment({ host, port, user, password }: TestServer, database: string, folder: string) {
  return {
    ...{ PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`, HOME: process.env.HOME ?? folder },
    ...{ ALTERWISE_HOST: host, ALTERWISE_PORT: String(port), ALTERWISE_USER: user },
    ...{ ALTERWISE_PASSWORD: password, ALTERWISE_DATABASE: database },
    ...{ DB_HOST: host, DB_PORT: String(port), DB_USER: user, DB_PASSWORD: password, DB_NAME: database },
    ALTERWISE_STATE_DIR: join(folder, 'state'),
  };
}

t.test('every command of alterwise on a page does what the page says', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const chosen = pages().filter(({ path }) => !unwanted.includes(path) && !path.startsWith('examples'));
    const cases = chosen.map((page) => [page.path, commandsOn(page)] as const);
    const counts = await severalAtOnce(
      t,
      cases.filter(([, commands]) => commands.length > 0),
      async (t, commands) => {
        const folder = project(t);
        const [byHand, byTool] = [await freshSchema(t, server), await freshSchema(t, server)];
        await shop(byHand);
        for (const command of commands) {
          const { name } = / -- /.test(command) ? byTool : byHand;
          const { exitCode, stdout, stderr } = await execa('sh', ['-c', command.replaceAll('shop', name)], {
            cwd: folder,
            extendEnv: false,
            env: environment(server, name, folder),
            stdin: 'ignore',
            reject: false,
            timeout: 120_000,
          });
          const [, expected = 0] = Object.entries(endings).find(([start]) => command.startsWith(start)) ?? [];
          t.equal(exitCode, expected, `${command}\n${exitCode === expected ? '' : stdout + stderr}`);
        }
        return commands.length;
      },
    );
    const count = counts.reduce((sum, each) => sum + each, 0);
    t.ok(count > 20, `${count} commands`);
  });
});
