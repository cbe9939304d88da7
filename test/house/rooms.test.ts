import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { root } from '../docs/pages.js';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

const entries = readdirSync(join(root, 'lib'), { withFileTypes: true });
const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
const engines = readdirSync(join(root, 'lib/engines'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `engines/${name}`);

/** Folders of `lib/`, and each engine. */
const rooms = [...folders, ...engines].sort();

t.test('at most four files stand directly in lib', async (t) => {
  t.ok(files.length <= 4, files.join(', '));
});

t.test('everything in lib has exactly one floor, and every floor lists what exists', async (t) => {
  const floors: string[][] = JSON.parse(read('test/house/floors.json'));
  t.same(floors.flat().sort(), [...folders, ...files].sort());
});

t.test('the map in CONTRIBUTING.md has one line for each room and each file beside them', async (t) => {
  const lines = [...read('CONTRIBUTING.md').matchAll(/^\| (\d) ?[^|]*\| `lib\/([^`]+?)\/?` \| \S[^|]+\|$/gm)];
  t.same(lines.map(([, , name = '']) => name).sort(), [...rooms, ...files].sort());
  const floors: string[][] = JSON.parse(read('test/house/floors.json'));
  for (const [, floor, name = ''] of lines) {
    const [room = ''] = name.split('/');
    t.equal(Number(floor), floors.map((on) => on.includes(room)).indexOf(true), `the floor of ${name}`);
  }
});

t.test('every room has a README of about ten lines whose entry points exist', async (t) => {
  for (const room of rooms) {
    const path = `lib/${room}/README.md`;
    if (!t.ok(existsSync(join(root, path)), path)) continue;
    const text = read(path);
    const lines = text.trimEnd().split('\n');
    t.equal(lines[0], `# ${room}`, path);
    t.ok(lines.length >= 7 && lines.length <= 18, `${path} has ${lines.length} lines`);
    t.match(text, /^- \S/m, `${path} states invariants`);
    for (const [, file = ''] of text.matchAll(/`([\w/-]+\.ts)`/g)) {
      t.ok(
        existsSync(join(root, file.startsWith('lib/') ? file : join('lib', room, file))),
        `${path}: ${file}`,
      );
    }
    const entry = /^Entry point: (.+?)\n\n/ms.exec(text)?.[1] ?? '';
    const sources = [...entry.matchAll(/`([\w/-]+\.ts)`/g)].map(([, file = '']) => join('lib', room, file));
    t.not(sources.length, 0, `${path} names its entry point`);
    const code = sources.filter((source) => existsSync(join(root, source))).map(read);
    for (const [, name = ''] of entry.matchAll(/`(\w+)`/g)) {
      const exported = new RegExp(
        `^export (?:async )?(?:function|const|interface|type|class) ${name}\\b`,
        'm',
      );
      t.ok(
        code.some((each) => exported.test(each)),
        `${path}: ${name} is exported by a file that it names`,
      );
    }
  }
});

t.test('the files and folders that CONTRIBUTING.md names exist', async (t) => {
  for (const [, path = ''] of read('CONTRIBUTING.md').matchAll(/`((?:lib|test|docs|examples)\/[\w./-]*)`/g)) {
    if (path !== 'docs/api/') t.ok(existsSync(join(root, path)), path);
  }
});
