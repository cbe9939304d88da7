import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { type CommandGateOptions, commandGate } from '../../lib/cut-over/command-gate.js';
import { until } from '../support/until.js';

const limits = { timeoutMs: 20_000, pauseMs: 0, longestPauseMs: 0, validMs: 0 };

function gateOf(command: string | undefined, options: Partial<CommandGateOptions> = {}) {
  const signal = new AbortController().signal;
  return commandGate(command, { facts: {}, secrets: [], signal, limits, ...options });
}

t.test('exit code 0 is a yes, and none is asked where there is none', async (t) => {
  t.equal(await gateOf(undefined)(), undefined);
  t.equal(await gateOf('exit 0')(), undefined);
});

t.test('a no is told with the last words, whichever output they were on', async (t) => {
  const cases: [command: string, text: string | RegExp][] = [
    ['echo one; echo "the deploy goes on" >&2; exit 3', 'its command ended with 3: the deploy goes on'],
    ['echo no; echo; exit 1', 'its command ended with 1: no'],
    ['false', /its command ended with 1$/],
    ['no-such-command-anywhere', /its command ended with 127: .*no-such-command-anywhere/],
    ['kill -9 $$', /its command was killed$/],
    ["printf 'a\\033[31mb\\n'; exit 1", /ended with 1: ab$/],
  ];
  for (const [command, text] of cases) {
    const closed = await gateOf(command)();
    t.equal(closed?.id, 'cut-over-gate', command);
    t.match(closed?.text, text);
  }
});

t.test('it gets the facts of the run, and nothing else that may be secret', async (t) => {
  const out = join(t.testdir(), 'env');
  const facts = {
    ALTERWISE_TABLE: 'orders',
    ALTERWISE_STATEMENT: 'ALTER TABLE `o` ADD "x"; $HOME',
  };
  process.env.ALTERWISE_PASSWORD = 'hunter2222';
  t.teardown(() => delete process.env.ALTERWISE_PASSWORD);
  t.equal(await gateOf(`env >'${out}'; test "$ALTERWISE_TABLE" = orders`, { facts })(), undefined);
  const env = await readFile(out, 'utf8');
  t.match(env, 'ALTERWISE_STATEMENT=ALTER TABLE `o` ADD "x"; $HOME\n');
  t.match(env, `PATH=${process.env.PATH}`);
  t.match(env, `HOME=${process.env.HOME}`);
  t.notMatch(env, 'hunter2222');
  const told = await gateOf('echo "key hunter2222 is wrong"; exit 1', { secrets: ['hunter2222'] })();
  t.match(told?.text, 'key *** is wrong');
});

t.test('one that does not end is killed with all that it started', async (t) => {
  const start = performance.now();
  const gate = gateOf('echo waiting; sleep 600 & sleep 600', { limits: { ...limits, timeoutMs: 300 } });
  t.match((await gate())?.text, 'its command was killed after 300ms: waiting');
  t.ok(performance.now() - start < 60_000);
});

t.test('one that leaves something behind is answered by its own end', async (t) => {
  const start = performance.now();
  t.equal(await gateOf('setsid sleep 20 & exit 0')(), undefined);
  t.match((await gateOf('echo no; setsid sleep 20 & exit 3')())?.text, 'its command ended with 3: no');
  t.ok(performance.now() - start < 10_000);
});

t.test('an order to stop ends it', async (t) => {
  const stop = new AbortController();
  const marker = join(t.testdir(), 'started');
  const asking = gateOf(`: >'${marker}'; sleep 600`, { signal: stop.signal })();
  const started = () =>
    readFile(marker).then(
      () => true,
      () => false,
    );
  await until('the command has started', started, { everyMs: 20 });
  stop.abort(new Error('stopped'));
  await t.rejects(asking, { message: 'stopped' });
});

t.test('it is asked again with pauses that grow, and a yes holds for a while', async (t) => {
  const folder = t.testdir();
  const [asked, answer] = [join(folder, 'asked'), join(folder, 'answer')];
  await writeFile(asked, '');
  await writeFile(answer, '1');
  const times = async () => (await readFile(asked, 'utf8')).length;
  const patient = { ...limits, pauseMs: 3_600_000, longestPauseMs: 3_600_000, validMs: 3_600_000 };
  const command = `printf x >>'${asked}'; exit $(cat '${answer}')`;
  const no = gateOf(command, { limits: patient });
  const first = await no();
  t.equal(await no(), first, 'the answer of before');
  t.equal(await times(), 1);

  const eager = gateOf(command, { limits: { ...patient, pauseMs: 0, longestPauseMs: 0 } });
  t.notMatch((await eager())?.text, 'asked');
  t.match((await eager())?.text, 'asked 2 times');
  t.equal(await times(), 3);
  await writeFile(answer, '0');
  t.equal(await eager(), undefined);
  t.equal(await eager(), undefined);
  t.equal(await times(), 4, 'a yes is not asked for again');

  await writeFile(asked, '');
  await writeFile(answer, '1');
  const growing = gateOf(command, { limits: { ...patient, pauseMs: 200, longestPauseMs: 3_600_000 } });
  const start = performance.now();
  const isAsked = async () => {
    await growing();
    return (await times()) >= 3;
  };
  await until('it is asked three times', isAsked, { everyMs: 10 });
  t.ok(performance.now() - start >= 600, 'after 200 ms, and after 400 ms more');
});
