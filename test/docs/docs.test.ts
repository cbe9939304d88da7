import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import t from 'tap';
import { exitCodes } from '../../lib/exit-code.js';
import { ghostFlag } from '../../lib/settings/ghost-flags.js';
import { isOptionName } from '../../lib/settings/options.js';
import { assertSchema, type SchemaName } from '../fixtures/schemas.js';
import { commandLinePage, commandLinePath } from './command-line.js';
import { anchorsOf, codeOn, type Page, pages, root } from './pages.js';
import { schemaFiles } from './schemas.js';

t.test('every relative link leads to a file, and to a heading where it names one', async (t) => {
  for (const page of pages()) {
    const prose = page.text.replace(/^```.*?^```$/gms, '');
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page.path : normalize(join(dirname(page.path), path));
      t.ok(existsSync(join(root, file)), `${page.path}: ${target}`);
      const linked = pages().find((other) => other.path === file);
      if (anchor !== undefined && linked) t.ok(anchorsOf(linked).includes(anchor), `${page.path}: ${target}`);
    }
  }
});

t.test('the README has at most 1,200 words', async (t) => {
  const [readme] = pages();
  const count = readme?.text.split(/\s+/).filter(Boolean).length ?? 0;
  t.ok(count <= 1_200, `${count}`);
});

t.test('every page of docs is linked from the README', async (t) => {
  const [readme] = pages();
  for (const { path } of pages()) {
    if (path.startsWith('docs/')) t.ok(readme?.text.includes(`](${path})`), path);
  }
});

t.test('the page about the command line is what --help says', async (t) => {
  t.equal(
    readFileSync(commandLinePath, 'utf8'),
    await commandLinePage(),
    'if not: npm run docs, and look at the difference',
  );
});

t.test('the JSON Schemas are those of lib/documents and of the options', async (t) => {
  for (const [path, text] of await schemaFiles()) {
    t.equal(readFileSync(path, 'utf8'), text, 'if not: npm run docs, and look at the difference');
  }
});

t.test('every option that a page names is one of alterwise or of gh-ost', async (t) => {
  for (const page of pages()) {
    for (const name of optionsOn(page)) t.ok(isKnown(name), `${page.path}: --${name}`);
  }
});

/** In code that is not a call of another program. */
function optionsOn(page: Page): Set<string> {
  const lines = codeOn(page).flatMap(({ text }) => text.replace(/\\\n/g, ' ').split('\n'));
  const ours = lines.filter((line) => !/^\s*(?:npm|npx|docker|node|NODE_OPTIONS=|-- )/.test(line));
  const names = ours.flatMap((line) => [...line.matchAll(/(?<![\w=-])--([a-z][a-z-]*[a-z])/g)]);
  return new Set(names.map(([, name = '']) => name));
}

/** gh-ost's are known by the list of those that may be given, may not, or are given by alterwise. */
function isKnown(name: string): boolean {
  if (isOptionName(name) || name === 'help' || name === 'version') return true;
  const read = ghostFlag.parse(`--${name}=1`);
  return !('expected' in read && read.expected.startsWith('a flag that alterwise lets through'));
}

t.test('the README has every exit code, and no other', async (t) => {
  const [readme] = pages();
  const table = /^## Exit codes$(.*?)^## /ms.exec(readme?.text ?? '')?.[1] ?? '';
  const codes = [...table.matchAll(/^\| (\d+) \| \S/gm)].map(([, code]) => Number(code));
  t.strictSame(
    codes,
    Object.values(exitCodes).sort((a, b) => a - b),
  );
});

t.test('the samples of JSON fit their schemas', async (t) => {
  const page = pages().find(({ path }) => path === 'docs/output.md');
  const documents = page ? codeOn(page).filter(({ language }) => language === 'json') : [];
  t.ok(documents.length >= 5);
  for (const { text } of documents) {
    const document: object = JSON.parse(text);
    assertSchema(t, schemaOf(document), document);
  }
});

function schemaOf(document: object): SchemaName {
  if ('error' in document) return 'error';
  if ('type' in document) return 'event';
  return 'exitCode' in document ? 'result' : 'plan';
}
