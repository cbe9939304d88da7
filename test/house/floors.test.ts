import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import t, { type Test } from 'tap';
import { root } from '../docs/pages.js';

/** A small house with the configuration of this one. @returns the names of the rules that it breaks */
async function broken(t: Test, files: Readonly<Record<string, string>>): Promise<string[]> {
  const house = t.testdir({});
  const floors = JSON.stringify([['ground', 'cellar'], ['roof']]);
  for (const [path, text] of Object.entries({ ...files, 'test/house/floors.json': floors })) {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  }
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json'])
    cpSync(join(root, name), join(house, name));
  const { stdout } = await execa(
    join(root, 'node_modules/.bin/depcruise'),
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'lib'],
    { cwd: house, stdin: 'ignore', reject: false, timeout: 60_000 },
  );
  const { summary }: { summary: { violations: { rule: { name: string } }[] } } = JSON.parse(stdout);
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
}

const sound = {
  'lib/ground/a.ts': 'export const a = 1;\n',
  'lib/cellar/b.ts': "import { a } from '../ground/a.js';\nexport const b = a;\n",
  'lib/roof/c.ts': "import { b } from '../cellar/b.js';\nexport const c = b;\n",
};

t.test('a house in order breaks no rule', async (t) => {
  t.same(await broken(t, sound), []);
});

t.test('an import from a higher floor is caught, also of a type', async (t) => {
  const upward = "import type { C } from '../roof/c.js';\nexport type B = C;\n";
  const files = { ...sound, 'lib/roof/c.ts': 'export type C = 1;\n', 'lib/cellar/b.ts': upward };
  t.same(await broken(t, files), ['floor-0-imports-downward-only']);
});

t.test('a cycle between files is caught', async (t) => {
  const files = {
    ...sound,
    'lib/ground/a.ts': "import { d } from './d.js';\nexport const a = () => d;\n",
    'lib/ground/d.ts': "import { a } from './a.js';\nexport const d = () => a;\n",
  };
  t.same(await broken(t, files), ['no-cycle-between-files']);
});

t.test('a cycle between rooms without a cycle between files is caught', async (t) => {
  const files = { ...sound, 'lib/ground/e.ts': "import { b } from '../cellar/b.js';\nexport const e = b;\n" };
  t.same(await broken(t, files), ['no-cycle-between-rooms']);
});

t.test('a room without a floor, and an import from the tests, are caught', async (t) => {
  const files = {
    ...sound,
    'lib/attic/f.ts': "import { g } from '../../test/g.js';\nexport const f = g;\n",
    'test/g.ts': 'export const g = 1;\n',
  };
  t.same(await broken(t, files), ['every-file-has-a-floor', 'nothing-outside-lib']);
});
