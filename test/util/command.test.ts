import t from 'tap';
import { runCommand } from '../../lib/util/child-process.js';

t.test('what a program writes is returned, and its input is what it is given', async (t) => {
  t.equal(await runCommand('cat', [], { limitSeconds: 10, input: 'text' }), 'text');
  t.equal(await runCommand('cat', [], { limitSeconds: 10 }), '', 'or nothing at all');
});

t.test('a failure ends with the last words of the program', async (t) => {
  const script = 'for i in 1 2 3 4 5 6 7; do echo line $i >&2; done; exit 3';
  await t.rejects(runCommand('sh', ['-c', script], { limitSeconds: 10 }), {
    message: 'sh failed with exit code 3: line 3\nline 4\nline 5\nline 6\nline 7',
    isMissing: false,
  });
});

t.test('a program that is not there is told from one that fails', async (t) => {
  await t.rejects(runCommand('no-such-program', [], { limitSeconds: 10 }), {
    message: 'no-such-program is not installed',
    isMissing: true,
  });
});

t.test('no program lasts longer than its limit, nor than the signal allows', async (t) => {
  await t.rejects(runCommand('sleep', ['30'], { limitSeconds: 0.2 }), { message: 'sleep took too long' });
  const signal = AbortSignal.timeout(200);
  await t.rejects(runCommand('sleep', ['30'], { limitSeconds: 10, signal }), {
    message: 'sleep was stopped',
  });
});
