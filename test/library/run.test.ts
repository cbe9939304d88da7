import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { Fault, plan, type RunEvent, run } from '../../lib/index.js';
import { forEachServer, freshSchema } from '../servers.js';
import { connectionTo, settingsFor } from '../support/settings.js';
import { nothingWasChanged } from '../support/texts.js';

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  const schema = await freshSchema(t, server);
  await schema.query('CREATE TABLE orders (id INT PRIMARY KEY)');
  const settings = settingsFor(server, { connection: connectionTo(server, schema.name) });
  const columns = async () => (await schema.query('SHOW COLUMNS FROM orders')).length;

  t.test('events end with the run, and whoever leaves them early still gets the result', async (t) => {
    const running = run({
      sql: 'ALTER TABLE orders ADD COLUMN a INT; INSERT INTO orders (id) VALUES (1)',
      settings,
    });
    const types: RunEvent['type'][] = [];
    for await (const { type } of running.events) types.push(type);
    t.match(await running.result, { run: running.id, exitCode: 0, statements: { length: 2 } });
    t.same(
      types.filter((type) => type === 'plan' || type === 'outcome'),
      ['plan', 'outcome', 'outcome'],
    );
    const events = join(t.testdir({}), 'events.ndjson');
    const left = run({ sql: 'ALTER TABLE orders ADD COLUMN b INT', settings: { ...settings, events } });
    for await (const _ of left.events) break;
    t.match(await left.result, { exitCode: 0 });
    const written = (await readFile(events, 'utf8')).trimEnd().split('\n');
    t.match(
      JSON.parse(written.at(-1) ?? ''),
      { run: left.id, type: 'outcome' },
      'the file of --events has all',
    );
    t.match(await run({ sql: 'ALTER TABLE orders ADD COLUMN c INT', settings }).result, { exitCode: 0 });
    t.equal(await columns(), 4);
  });

  t.test('what cannot be begun is a Fault of the result, also where the events are read first', async (t) => {
    const running = run({ sql: 'SELECT 1', settings });
    for await (const _ of running.events) t.fail('nothing happens');
    const fault = await running.result.catch((error: unknown) => error);
    t.ok(fault instanceof Fault);
    t.match(fault, { exitCode: 2, state: nothingWasChanged });
    const planning = plan({ sql: 'ALTER TABLE orders ADD INDEX (nothing', settings });
    t.match(await planning.catch((error: unknown) => error), { exitCode: 2 });
    const reason = new Error('stop');
    const before = run({
      sql: 'ALTER TABLE orders ADD COLUMN d INT',
      settings,
      signal: AbortSignal.abort(reason),
    });
    await t.rejects(before.result, reason);
    t.equal(await columns(), 4);
  });

  t.test('a plan that was kept as JSON is run as it is, unless somebody wrote in it', async (t) => {
    const strict = { ...settings, review: { ...settings.review, rows: 0 } };
    const sql = 'ALTER TABLE orders ADD COLUMN d INT';
    const planned = await plan({ sql, settings: strict });
    t.ok(planned.review.required);
    t.match(await run({ sql, settings: strict }).result, { exitCode: 3 });
    const [statement] = planned.statements;
    const edited = { ...planned, statements: [{ ...statement, sql: `${sql}, ADD COLUMN e INT` }] };
    const running = run({ plan: edited as typeof planned, settings: strict });
    t.match(await running.result.catch((error: unknown) => error), { id: 'plan-file', exitCode: 2 });
    const kept: typeof planned = JSON.parse(JSON.stringify(planned));
    t.match(await run({ plan: kept, settings: strict }).result, { exitCode: 0, plan: planned.id });
    t.equal(await columns(), 5);
  });
});
