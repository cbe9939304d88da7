import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import t from 'tap';

t.test('the examples fit the types of their tools and of alterwise', async (t) => {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const { exitCode, stdout } = await execa('tsc', ['-p', 'test/examples'], {
    cwd,
    preferLocal: true,
    reject: false,
  });
  t.equal(stdout, '');
  t.equal(exitCode, 0);
});
