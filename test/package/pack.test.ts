import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa, type Options } from 'execa';
import t from 'tap';
import { built } from '../built.js';
import { programs } from '../docs/programs.js';

const root = dirname(built);
const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const dir = t.testdir({ app: {} });
const app = join(dir, 'app');

/** Without what npm tells the scripts that it runs: here it is started by hand, in another folder. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));

async function run(program: string, args: string[], options: Options = {}): Promise<string> {
  const limits = { timeout: 240_000, stdin: 'ignore', extendEnv: false, env } as const;
  const { stdout } = await execa(program, args, { cwd: app, ...limits, ...options });
  return String(stdout);
}

t.test('the package', async (t) => {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', dir];
  const [tarball] = JSON.parse(await run('npm', pack, { cwd: root })) as [Packed];
  const files = tarball.files.map(({ path }) => path);

  t.test('holds what users need, and nothing else', async (t) => {
    const wanted =
      /^(?:dist\/(?:bin|lib)\/.*\.(?:js|d\.ts)|docs\/.*\.(?:md|json|csv)|docker\/gh-ost\/(?:go\.mod|go\.sum|tools\.go)|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/;
    t.strictSame(
      files.filter((file) => !wanted.test(file) || file.includes('sandbox')),
      [],
    );
    for (const file of [
      'dist/bin/alterwise.js',
      'dist/lib/index.d.ts',
      'docker/gh-ost/go.sum',
      'README.md',
    ]) {
      t.ok(files.includes(file), file);
    }
  });

  await writeFile(join(app, 'package.json'), '{ "name": "app", "private": true, "type": "module" }');
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  const missing = await run('npm', ['install', ...flags, join(dir, tarball.filename)]).then(
    () => undefined,
    (error: unknown) => whyOffline(error),
  );
  const skip = missing === undefined ? false : `dependencies cannot be had here: ${missing}`;

  t.test('runs by npx in an empty folder', { skip }, async (t) => {
    t.equal(await run('npx', ['alterwise', '--version']), version);
    t.match(await run('npx', ['alterwise', '--help']), /alterwise plan .*alterwise run /s);
    t.match(await run('npx', ['alterwise', 'gh-ost', 'which']), /^\/\S*gh-ost \d+\.\d+\.\d+/);
  });

  t.test('compiles as the page about the library and its docstrings have it', { skip }, async (t) => {
    for (const [i, { text }] of programs().entries()) await writeFile(join(app, `sample-${i}.ts`), text);
    await mkdir(join(app, 'node_modules/@types'), { recursive: true });
    const compilerOptions = {
      ...{
        strict: true,
        noEmit: true,
        target: 'es2023',
        module: 'nodenext',
        exactOptionalPropertyTypes: true,
      },
      ...{ types: ['node'], typeRoots: [join(root, 'node_modules/@types')], skipLibCheck: false },
    };
    await writeFile(
      join(app, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['sample-*.ts'] }),
    );
    await t.resolves(run(join(root, 'node_modules/.bin/tsc'), ['-p', app]));
  });

  t.test('is a library that needs no command line', { skip }, async (t) => {
    for (const name of ['yargs', 'ora']) await rm(join(app, 'node_modules', name), { recursive: true });
    const program = "console.log(Object.keys(await import('alterwise')).sort().join(' '))";
    const names = await run(process.execPath, ['--input-type=module', '--eval', program]);
    t.equal(
      names,
      'Fault Secret exitCodes loadSettings parseMigration parseStatements plan readPlanFile run',
    );
  });
});

interface Packed {
  filename: string;
  files: { path: string }[];
}

/** No network, and not all in npm's cache: no fault of the package. Anything else is. */
function whyOffline(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const code = /\b(?:ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH)\b/.exec(text)?.[0];
  if (code === undefined) throw error;
  return code;
}
