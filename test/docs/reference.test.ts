import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import t from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));

t.test('the reference of the library can be written, and has no gap and no broken link', async (t) => {
  // The types are checked by themselves.
  const { all, failed } = await execa('typedoc', ['--emit', 'none', '--skipErrorChecking'], {
    cwd: root,
    preferLocal: true,
    all: true,
    stdin: 'ignore',
    reject: false,
    timeout: 240_000,
  });
  t.notOk(failed, all);
});
