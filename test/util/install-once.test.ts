import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { cacheFolder, installOnce } from '../../lib/util/install-once.js';

t.test('the cache is where the environment says', async (t) => {
  t.equal(cacheFolder({ ALTERWISE_CACHE: '/a', XDG_CACHE_HOME: '/b' }), '/a');
  t.equal(cacheFolder({ XDG_CACHE_HOME: '/b' }), '/b/alterwise');
  t.match(cacheFolder({}), /\/\.cache\/alterwise$/);
});

t.beforeEach((t) => {
  process.env.ALTERWISE_CACHE = t.testdir({});
});

t.test('of several at once one builds, and all get the whole', async (t) => {
  let builds = 0;
  const build = async (folder: string) => {
    builds += 1;
    await sleep(300);
    await writeFile(join(folder, 'file'), 'whole');
  };
  const paths = await Promise.all([1, 2, 3].map(() => installOnce('some/thing', build)));
  t.equal(builds, 1);
  for (const path of paths) t.equal(await readFile(join(path, 'file'), 'utf8'), 'whole');
  t.same(await readdir(join(cacheFolder(), 'some')), ['thing'], 'and nothing lies beside it');
});

t.test('a build that fails leaves nothing, and the next one may succeed', async (t) => {
  const failing = installOnce('thing', async (folder) => {
    await writeFile(join(folder, 'half'), '');
    throw new Error('no network');
  });
  await t.rejects(failing, { message: 'no network' });
  t.same(await readdir(cacheFolder()), []);
  await installOnce('thing', async () => {});
  t.same(await readdir(cacheFolder()), ['thing']);
});

t.test('what a killed builder left is cleared away', async (t) => {
  const lock = join(cacheFolder(), 'thing.lock');
  await mkdir(join(lock, 'build'), { recursive: true });
  await writeFile(join(lock, 'build/half'), '');
  const longAgo = new Date(Date.now() - 3_600_000);
  await utimes(lock, longAgo, longAgo);
  const path = await installOnce('thing', (folder) => writeFile(join(folder, 'whole'), ''));
  t.same(await readdir(path), ['whole']);
  t.same(await readdir(cacheFolder()), ['thing']);
});

t.test('waiting for another builder ends with the signal', async (t) => {
  await mkdir(join(cacheFolder(), 'thing.lock'));
  const steps: string[] = [];
  const waiting = installOnce('thing', async () => {}, {
    signal: AbortSignal.timeout(300),
    onProgress: (text) => steps.push(text),
  });
  await t.rejects(waiting, { name: 'AbortError' });
  t.same(steps, ['waiting for another process that installs the same']);
});
