import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { findGhost, readCapabilities } from '../../../../lib/engines/gh-ost/binary/find.js';
import { installGhost } from '../../../../lib/engines/gh-ost/binary/install.js';
import { Fault } from '../../../../lib/fault.js';

async function folder(t: Test): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'aw-binary-'));
  t.teardown(() => rm(path, { recursive: true }));
  return path;
}

async function script(t: Test, text: string): Promise<string> {
  const path = join(await folder(t), 'gh-ost');
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

async function faultOf(t: Test, finding: Promise<unknown>): Promise<Fault> {
  const error = await t.rejects(finding);
  if (!(error instanceof Fault)) throw error;
  t.equal(error.exitCode, 11);
  t.ok(error.next);
  return error;
}

const real = await installGhost();

t.test('the one that is named', async (t) => {
  t.same(await findGhost(real.path, {}), real);
  t.same(
    await findGhost('gh-ost', { PATH: `/nonexistent:${dirname(real.path)}` }),
    real,
    'a name alone is looked for',
  );
  t.equal((await faultOf(t, findGhost('/nonexistent/gh-ost', {}))).id, 'ghost-missing');
  t.equal((await faultOf(t, findGhost(dirname(real.path), {}))).id, 'ghost-missing', 'a folder');
});

t.test('the first on PATH', async (t) => {
  const [first, second] = [await folder(t), await folder(t)];
  await mkdir(join(first, 'gh-ost'));
  await copyFile(real.path, join(second, 'gh-ost'));
  t.match(await findGhost(undefined, { PATH: `${first}::${second}:${dirname(real.path)}` }), {
    path: join(second, 'gh-ost'),
    version: real.version,
  });
});

t.test('else the one in the cache', async (t) => {
  t.same(await findGhost(undefined, { PATH: '/nonexistent' }), real);
  const before = process.env.ALTERWISE_CACHE;
  process.env.ALTERWISE_CACHE = await folder(t);
  t.teardown(() => {
    if (before === undefined) delete process.env.ALTERWISE_CACHE;
    else process.env.ALTERWISE_CACHE = before;
  });
  const fault = await faultOf(t, findGhost(undefined, {}));
  t.equal(fault.id, 'ghost-missing');
  t.equal(fault.next, 'alterwise gh-ost install');
});

t.test('what is no gh-ost', async (t) => {
  const programs = [
    'echo hello',
    'exit 1',
    'exit 0',
    'echo v20.19.0; [ "$1" = --version ]',
    'echo "1.1.10 (git commit: x)"; [ "$1" = --version ]',
  ];
  for (const program of programs) {
    const fault = await faultOf(t, findGhost(await script(t, program), {}));
    t.match(fault, { id: 'ghost-unusable', message: /is not gh-ost/ }, program);
  }
  t.match(await faultOf(t, findGhost(process.execPath, {})), { message: /is not gh-ost/ }, 'node');
});

t.test('one that does not answer', async (t) => {
  const startedAt = Date.now();
  t.match(await faultOf(t, findGhost(await script(t, 'sleep 60'), {})), { message: /does not answer/ });
  t.ok(Date.now() - startedAt < 8_000);
});

t.test('other versions say it in other ways', async (t) => {
  const version = async (text: string) => (await findGhost(await script(t, `echo "${text}"`), {})).version;
  t.equal(await version('1.1.6'), '1.1.6');
  t.equal(await version('v1.1.9 (git commit: 0123abc)'), '1.1.9');
  t.equal(await version('unversioned (git commit: unknown)'), 'unversioned');
});

t.test('what 1.1.10 can do', async (t) => {
  const { version, flags } = await readCapabilities(real.path);
  t.equal(version, real.version);
  for (const flag of ['panic-on-warnings', 'checkpoint', 'gtid'] as const) {
    t.ok(flags.has(flag), flag);
  }
});

t.test('what an older one can do', async (t) => {
  const old = `[ "$1" = --version ] && echo 1.1.7 && exit; for a; do case $a in --checkpoint*|--gtid*) exit 2;; esac; done`;
  const { version, flags } = await readCapabilities(await script(t, old));
  t.equal(version, '1.1.7');
  t.notOk(flags.has('checkpoint'));
  t.notOk(flags.has('gtid'));
  t.ok(flags.has('skip-port-validation'));
});
