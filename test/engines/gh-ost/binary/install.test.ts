import { createHash } from 'node:crypto';
import { access, chmod, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  cachedGhost,
  installGhost,
  moduleVersion,
  releaseVersion,
} from '../../../../lib/engines/gh-ost/binary/install.js';
import { runCommand } from '../../../../lib/util/child-process.js';
import { cacheFolder } from '../../../../lib/util/install-once.js';

const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
const asset = `gh-ost-${platform}.tar.gz`;
const hasGo = await runCommand('go', ['version'], { limitSeconds: 20 }).then(
  () => true,
  () => false,
);

t.beforeEach((t) => {
  process.env.ALTERWISE_CACHE = t.testdir({});
});

t.test('built from the Go module', { skip: hasGo ? false : 'Go is not on PATH' }, async (t) => {
  const steps: string[] = [];
  const installed = await installGhost({ onProgress: (text) => steps.push(text) });
  t.same(installed, { path: join(cacheFolder(), 'gh-ost', moduleVersion, 'gh-ost'), version: moduleVersion });
  t.match(await runCommand(installed.path, ['--version'], { limitSeconds: 10 }), `${moduleVersion} `);
  t.match(steps, [/building gh-ost/]);

  t.same(await cachedGhost(), installed);
  await installGhost({ onProgress: (text) => steps.push(text) });
  t.equal(steps.length, 1, 'the second time there is nothing to do');

  await writeFile(installed.path, 'damaged');
  await installGhost();
  t.match(
    await runCommand(installed.path, ['--version'], { limitSeconds: 10 }),
    moduleVersion,
    'and it is mended',
  );
});

t.test('where Go is not there', async (t) => {
  const folder = t.testdir({ bin: {}, release: { 'gh-ost': '#!/bin/sh\necho fake\n' } });
  const archive = await fakeRelease(join(folder, 'release'));
  await withoutGo(t, join(folder, 'bin'));
  const sha256 = createHash('sha256').update(archive).digest('hex');

  t.test('the release is installed when its checksum is right', async (t) => {
    const sums = `${'0'.repeat(64)}  gh-ost-plan9-mips.tar.gz\n${sha256}  ${asset}\n`;
    const releasesUrl = await serve(t, { SHA256SUMS: sums, [asset]: archive });
    const installed = await installGhost({ releasesUrl });
    t.equal(installed.version, releaseVersion);
    t.equal(await runCommand(installed.path, ['--version'], { limitSeconds: 10 }), 'fake');
    t.same(await readdir(join(cacheFolder(), 'gh-ost', releaseVersion)), ['gh-ost'], 'the archive is gone');
  });

  t.test('so it is under the name that assets had before 1.1.11', async (t) => {
    const name = `gh-ost-binary-${platform}-20260604164252.tar.gz`;
    const releasesUrl = await serve(t, { SHA256SUMS: `${sha256} *${name}\n`, [name]: archive });
    await t.resolves(installGhost({ releasesUrl }));
  });

  const refusals = [
    [
      'a wrong checksum',
      { SHA256SUMS: `${'0'.repeat(64)}  ${asset}\n`, [asset]: archive },
      /its release says 0000/,
    ],
    ['no checksum file', { [asset]: archive }, /SHA256SUMS answers 404/],
    ['no checksum for this platform', { SHA256SUMS: '', [asset]: archive }, /no line for/],
    ['an archive that is missing', { SHA256SUMS: `${sha256}  ${asset}\n` }, /tar\.gz answers 404/],
  ] as const;
  for (const [what, files, message] of refusals) {
    t.test(`nothing is installed with ${what}`, async (t) => {
      const releasesUrl = await serve(t, files);
      await t.rejects(installGhost({ releasesUrl }), { id: 'ghost-not-installed', exitCode: 11, message });
      t.same(await readdir(join(cacheFolder(), 'gh-ost')), []);
      t.equal(await cachedGhost(), undefined);
    });
  }

  t.test('nor where the release cannot be reached', async (t) => {
    const releasesUrl = 'http://127.0.0.1:1';
    const message = /go is not installed; .* cannot be reached/;
    await t.rejects(installGhost({ releasesUrl }), { id: 'ghost-not-installed', message });
  });
});

/** A PATH with what unpacks an archive, and without Go. */
async function withoutGo(t: Test, bin: string): Promise<void> {
  for (const name of ['tar', 'gzip', 'sh']) await symlink(await which(name), join(bin, name));
  const before = process.env.PATH;
  process.env.PATH = bin;
  t.teardown(() => {
    process.env.PATH = before;
  });
}

async function which(name: string): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const isHere = await access(join(folder, name)).then(
      () => true,
      () => false,
    );
    if (isHere) return join(folder, name);
  }
  throw new Error(`${name} is not on PATH`);
}

/** An archive as gh-ost's releases have them, with a program that is not gh-ost. */
async function fakeRelease(folder: string): Promise<Buffer> {
  await chmod(join(folder, 'gh-ost'), 0o755);
  await runCommand('tar', ['-czf', join(folder, 'archive'), '-C', folder, 'gh-ost'], { limitSeconds: 20 });
  return readFile(join(folder, 'archive'));
}

/** Serves these files as the release, and returns the address of the releases. */
async function serve(t: Test, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const server = createServer((request, response) => {
    const body = files[(request.url ?? '').replace(`/v${releaseVersion}/`, '')];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
