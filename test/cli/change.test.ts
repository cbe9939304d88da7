import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { type Change, withChange } from '../../lib/cli/change.js';
import type { Invocation } from '../../lib/cli/command.js';
import { planCommand } from '../../lib/cli/plan.js';
import { runCommand } from '../../lib/cli/run.js';
import { planView } from '../../lib/report/plan-view.js';
import { type FakeIo, fakeIo } from '../fixtures/io.js';
import { renamedStatement, reviewedPlan } from '../fixtures/plans.js';

const statement = 'ALTER TABLE a ADD b int';

async function change(
  flags: Invocation['flags'],
  work: (change: Change) => Promise<number>,
  { io = fakeIo(), command = runCommand, positionals = [statement] } = {},
): Promise<{ code: number; io: FakeIo }> {
  return { code: await withChange({ command, flags, positionals, argv: [] }, io, work), io };
}

const writing = async ({ write }: Change) => {
  await write({ version: 1 }, 'text\n');
  return 4;
};

t.test('the exit code is that of the work; the result goes where it should', async (t) => {
  const dir = t.testdir({});
  const text = await change({}, writing);
  t.strictSame([text.code, text.io.stdout.text, text.io.stderr.text], [4, 'text\n', '']);
  const json = await change({ format: 'json' }, writing);
  t.strictSame(JSON.parse(json.io.stdout.text), { version: 1 });
  const out = await change({ format: 'json', out: 'plan.json' }, writing, { io: fakeIo({ cwd: dir }) });
  t.equal(out.io.stdout.text, '');
  t.strictSame(JSON.parse(await readFile(join(dir, 'plan.json'), 'utf8')), { version: 1 });
});

const planning = async ({ write }: Change) => {
  const plan = reviewedPlan(renamedStatement);
  await write(plan, planView(plan));
  return 0;
};

t.test('a plan as text, Markdown and HTML, and what has no view of its own as text', async (t) => {
  const cases = { text: /^Plan /, markdown: /^## /, html: /^<!doctype html>/ };
  for (const [format, wanted] of Object.entries(cases)) {
    t.match((await change({ format }, planning)).io.stdout.text, wanted);
  }
  t.equal((await change({ format: 'html' }, writing)).io.stdout.text, 'text\n');
});

t.test('colours and width of the terminal, and 100 columns without colours elsewhere', async (t) => {
  const written = async (columns: number | undefined, flags: Invocation['flags'] = {}) => {
    const io = fakeIo();
    if (columns !== undefined) Object.assign(io.stdout, { isTTY: true, columns });
    await change(flags, planning, { io });
    const text = io.stdout.text;
    const widest = Math.max(
      ...stripVTControlCharacters(text)
        .split('\n')
        .map(({ length }) => length),
    );
    return { isColored: text.includes('\u001b['), widest };
  };
  const narrow = await written(60);
  t.ok(narrow.isColored && narrow.widest <= 60, JSON.stringify(narrow));
  t.notOk((await written(60, { 'no-color': true })).isColored);
  const elsewhere = await written(undefined);
  t.ok(!elsewhere.isColored && elsewhere.widest > 80 && elsewhere.widest <= 100, JSON.stringify(elsewhere));
});

t.test('a result that cannot be written is shown and reported', async (t) => {
  const cwd = t.testdir({});
  const io = fakeIo({ cwd });
  const meanwhileTaken = async (change: Change) => {
    await mkdir(join(cwd, 'taken'));
    return await writing(change);
  };
  await t.rejects(change({ out: 'taken' }, meanwhileTaken, { io }), /could not be written to .*taken/);
  t.equal(io.stderr.text, 'text\n');
});

t.test('statements from each source', async (t) => {
  const cwd = t.testdir({ 'change.sql': `${statement};\nDROP INDEX c ON d` });
  const cases: [Invocation['flags'], string[], string[]][] = [
    [{}, [statement], ['a']],
    [{}, ['-'], ['from_stdin']],
    [{ file: ['change.sql'] }, [], ['a', 'd']],
    [{ table: '`odd.name`', alter: 'ADD b int' }, [], ['odd.name']],
    [{ table: 'shop.orders', alter: 'ADD b int' }, [], ['orders']],
  ];
  for (const [flags, positionals, tables] of cases) {
    const io = fakeIo({ cwd, stdin: 'ALTER TABLE from_stdin ADD b int' });
    const seen: string[] = [];
    const work = async ({ request }: Change) =>
      seen.push(...request.statements.map((each) => (each.kind === 'alter' ? each.table : each.verb)));
    await change(flags, work, { io, positionals });
    t.strictSame(seen, tables);
  }
});

t.test('a dry run is a plan', async (t) => {
  const cases = [
    [planCommand, {}, true],
    [runCommand, {}, false],
    [runCommand, { 'dry-run': true }, true],
  ] as const;
  for (const [command, flags, dryRun] of cases) {
    await change(flags, async (change) => Number(t.equal(change.dryRun, dryRun)), { command });
  }
});

t.test('the first signal stops, the second hurries, the third is not ours', async (t) => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const io = fakeIo();
    const work = async ({ request: { signal, hurry } }: Change) => {
      io.signals.emit(name, name);
      t.strictSame([signal.aborted, hurry?.aborted], [true, false]);
      t.match(signal.reason, { id: 'aborted', exitCode: 6, message: `Stopped by ${name}.` });
      io.signals.emit(name, name);
      t.equal(hurry?.aborted, false, 'a signal that comes at once is the same one, handed on');
      await sleep(800);
      io.signals.emit(name, name);
      t.strictSame([hurry?.aborted, io.signals.listenerCount(name)], [true, 0]);
      return 6;
    };
    t.equal((await change({ progress: 'lines' }, work, { io })).code, 6);
    t.match(io.stderr.text, /stopping and restoring everything; a second .* exits at once.*again: exiting/s);
  }
});

t.test('handlers are gone afterwards, whatever happens', async (t) => {
  const io = fakeIo();
  await t.rejects(
    change({}, () => Promise.reject(new Error('sorry')), { io }),
    { message: 'sorry' },
  );
  t.strictSame(io.signals.eventNames(), []);
});
