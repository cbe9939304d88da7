import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import ts from 'typescript';
import type { Command } from '../../lib/cli/command.js';
import type * as Parser from '../../lib/cli/parser.js';
import type * as Load from '../../lib/settings/load.js';
import type * as ConfigSchema from '../docs/config-schema.js';
import { root } from '../docs/pages.js';
import { fakeSink } from '../fixtures/io.js';

/** The only edit: an entry of the table. */
const entry = `
    'nap-time': option(duration(seconds, hours), 'how long to sleep after lunch', {
      at: 'ghost.napMs',
      default: 20 * minutes,
    }),`;

const copy = t.testdir({});
for (const part of ['lib', 'test/docs']) cpSync(join(root, part), join(copy, part), { recursive: true });
const table = join(copy, 'lib/settings/options.ts');
const before = readFileSync(table, 'utf8');
const group = "...inGroup('gh-ost', {";
writeFileSync(table, before.replace(group, group + entry));

t.test('an option that was added to the table can be set by flag, environment and file', async (t) => {
  t.not(readFileSync(table, 'utf8'), before);
  const { loadSettings }: typeof Load = await import(join(copy, 'lib/settings/load.ts'));
  const load = async (input: Partial<Load.SettingsInput>) => {
    const { settings, warnings } = await loadSettings({
      flags: {},
      env: {},
      cwd: copy,
      home: copy,
      ...input,
    });
    t.same(warnings, []);
    return settings.ghost;
  };
  const flags = { 'nap-time': '5s' };
  const env = { ALTERWISE_NAP_TIME: '6s' };
  const cwd = t.testdir({
    'alterwise.config.json': '{ "napTime": "7s" }',
    home: { '.my.cnf': '[alterwise]\nnap-time = 8s' },
  });
  const home = join(cwd, 'home');
  t.match(await load({ flags, env }), { napMs: 5_000 });
  t.match(await load({ env, cwd }), { napMs: 6_000 });
  t.match(await load({ cwd, home }), { napMs: 7_000 });
  t.match(await load({ home }), { napMs: 8_000 });
  t.match(await load({}), { napMs: 1_200_000 });
  await t.rejects(load({ flags: { 'nap-time': '0s' } }), {
    message: '--nap-time: expected a duration such as 500ms, 30s, 10m or 2h, from 1s to 1h; got "0s"',
  });
});

t.test('it is in --help, and in the schema of config files', async (t) => {
  const { planCommand }: { planCommand: Command } = await import(join(copy, 'lib/cli/plan.ts'));
  const { parseArguments }: typeof Parser = await import(join(copy, 'lib/cli/parser.ts'));
  const help = await parseArguments(['plan', '--help'], [planCommand], fakeSink({ columns: 110 }));
  t.match(help, { answer: /--nap-time +D: how long to sleep after lunch +\[string\] \[default: 20m\]/ });
  const { configFile }: typeof ConfigSchema = await import(join(copy, 'test/docs/config-schema.ts'));
  t.ok(configFile().safeParse({ napTime: '7s' }).success);
  t.notOk(configFile().safeParse({ napTime: 7 }).success);
  t.notOk(configFile().safeParse({ napTimes: '7s' }).success);
});

t.test('Settings has it, with the type of its kind', async (t) => {
  const code = `import type { Settings } from './lib/settings/settings.js';
const asNumber = (settings: Settings): number => settings.ghost.napMs;
const asText = (settings: Settings): string => settings.ghost.napMs;
`;
  const path = join(copy, 'types.ts');
  writeFileSync(path, code);
  const { options } = ts.convertCompilerOptionsFromJson(
    JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).compilerOptions,
    root,
  );
  const program = ts.createProgram([path], { ...options, noUnusedLocals: false });
  const found = program.getSemanticDiagnostics(program.getSourceFile(path));
  t.same(
    found.map(({ start = 0 }) => code.slice(0, start).split('\n').length),
    [3],
    'only as text it does not fit',
  );
});
