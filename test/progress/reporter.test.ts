import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { linesReporter, type ReportStream } from '../../lib/progress/lines.js';
import { reporterFor } from '../../lib/progress/reporter.js';
import type { Settings } from '../../lib/settings/settings.js';
import { events } from '../fixtures/events.js';
import { fakeSink } from '../fixtures/io.js';
import { assertSchema } from '../fixtures/schemas.js';
import { until } from '../support/until.js';

type Choice = Pick<Settings, 'progress' | 'verbosity' | 'color' | 'events'>;

async function report(choice: Partial<Choice>, stream = fakeSink(), withPlan = false): Promise<string> {
  const settings = { progress: 'auto', verbosity: 'normal', color: true, ...choice } as const;
  const reporter = await reporterFor(settings, stream, { run: 'r1', withPlan });
  for (const event of Object.values(events)) reporter.emit(event);
  reporter.stop();
  reporter.stop();
  return stream.text;
}

t.test('ndjson: one document a line, each as its schema says', async (t) => {
  const lines = (await report({ progress: 'ndjson', verbosity: 'verbose' })).trimEnd().split('\n');
  t.equal(lines.length, Object.keys(events).length);
  for (const line of lines) assertSchema(t, 'event', JSON.parse(line));
  t.match(JSON.parse(lines[1] ?? ''), { version: 1, run: 'r1', type: 'phase', phase: 'copy' });
});

t.test('--events: the file has the NDJSON events, whatever is shown', async (t) => {
  const path = join(t.testdir({}), 'events.ndjson');
  const bare = (text: string) => text.replace(/"time":"[^"]+"/g, '');
  const wanted = bare(await report({ progress: 'ndjson' }));
  for (const progress of ['lines', 'terminal', 'none'] as const) {
    await rm(path, { force: true });
    const shown = await report({ progress, events: path });
    t.equal(bare(await readFile(path, 'utf8')), wanted, progress);
    t.equal(shown !== '', progress !== 'none');
  }
  const error = await report({ events: join(path, 'no-folder') }).catch((caught: unknown) => caught);
  t.match(error, { id: 'events-file', exitCode: 2 });
});

t.test('--events: a file that can no longer be written is one warning', async (t) => {
  const text = await report({ progress: 'ndjson', events: '/dev/full' });
  const warnings = text.split('\n').filter((line) => line.includes('"events-lost"'));
  t.equal(warnings.length, 1);
  t.equal(
    text.trimEnd().split('\n').length,
    (await report({ progress: 'ndjson' })).trimEnd().split('\n').length + 1,
  );
});

t.test('lines: everything but progress, no colours, no terminal codes', async (t) => {
  const text = await report({});
  t.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ shop\.orders: copy: gh-ost copies the rows$/m);
  t.notMatch(text, /rows\/s|Listening|Plan 7f3a9c21/);
  t.notOk(text.includes('\u001b'));
  t.match(await report({}, fakeSink(), true), 'Plan 7f3a9c21');
  t.match(await report({ verbosity: 'verbose' }), 'gh-ost: info: Listening');
});

t.test('quiet: only warnings and who stands in the way', async (t) => {
  const text = await report({ verbosity: 'quiet' });
  t.match(
    text,
    /^\S+ shop\.orders: somebody holds a lock\n {2}connection 42 .*\n\S+ shop\.orders: something to know\n$/,
  );
});

t.test('none: nothing', async (t) => t.equal(await report({ progress: 'none' }), ''));

t.test('auto: a terminal gets a moving line', async (t) => {
  const { TERM } = process.env;
  t.teardown(() => {
    if (TERM === undefined) delete process.env.TERM;
    else process.env.TERM = TERM;
  });
  process.env.TERM = 'xterm';
  const terminal = () => Object.assign(fakeSink({ isTTY: true, columns: 60 }), terminalMoves);
  const text = await report({}, terminal());
  t.match(text, '✔\u001b[39m shop.orders: done in 1h 2m\n');
  t.match(text, '⚠');
  t.notOk((await report({ color: false }, terminal())).includes('\u001b[3'));
  const idle = terminal();
  const settings = { progress: 'terminal', verbosity: 'normal', color: false } as const;
  const reporter = await reporterFor(settings, idle, { run: 'r1', withPlan: true });
  reporter.emit({
    ...events.outcome,
    result: { ...events.outcome.result, outcome: 'not-started', exitCode: 0 },
  });
  reporter.stop();
  t.match(idle.text, '– shop.orders: not started', 'what was not begun did not succeed');
  process.env.TERM = 'dumb';
  t.match(await report({}, terminal()), /^\d{4}-/);
});

t.test('lines: the state comes again and again, also while nothing is heard', async (t) => {
  const stream = fakeSink();
  const reporter = linesReporter(stream, { color: false, everyMs: 50 });
  const states = () => stream.text.split('\n').filter((line) => line.includes('10 of ? rows')).length;
  await sleep(70);
  t.equal(stream.text, '', 'nothing to say before the first phase');
  reporter.emit(events.phase);
  for (let i = 0; i < 100; i++) reporter.emit(events.unknown);
  t.equal(states(), 0, 'progress alone writes nothing');
  const start = performance.now();
  await until('the state has come twice', () => states() >= 2, { everyMs: 5 });
  const limit = Math.ceil((performance.now() - start) / 50) + 1;
  t.ok(states() <= limit, `${states()} states, not more than one in 50 ms`);
  t.match(stream.text, 'shop.orders: copy: ?%, ? left, 10 of ? rows (1s)');
  reporter.emit(events.outcome);
  const before = stream.text;
  await sleep(70);
  t.equal(stream.text, before, 'nothing after the end');
  reporter.stop();
});

t.test('a display that fails says so once, and the migration goes on', async (t) => {
  const stream = fakeSink();
  const settings = { progress: 'lines', verbosity: 'normal', color: false } as const;
  const reporter = await reporterFor(settings, stream, { run: 'r1', withPlan: true });
  // A server that says something unheard of.
  const broken = { ...events.plan, plan: { ...events.plan.plan, statements: undefined } };
  t.doesNotThrow(() => reporter.emit(broken as never));
  reporter.emit(events.phase);
  t.match(stream.text, /^alterwise: progress can no longer be shown: TypeError.*\n$/);
  reporter.stop();
});

const terminalMoves: Partial<ReportStream> & Record<string, () => boolean> = {
  cursorTo: () => true,
  moveCursor: () => true,
  clearLine: () => true,
};
