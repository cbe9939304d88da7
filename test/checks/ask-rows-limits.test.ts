import t from 'tap';
import type { Event } from '../../lib/documents/event.js';
import { forEachServer, freshSchema, type Schema } from '../servers.js';
import { asker, keyOf, makeNumbers, rowsWhere, within } from '../support/asking.js';
import { processesOf } from '../support/processes.js';
import { settingsFor } from '../support/settings.js';
import { until } from '../support/until.js';

const servers = ['mysql-9.7', 'mariadb-10.11'] as const;

async function makeTable(schema: Schema): Promise<void> {
  await makeNumbers(schema, 13);
  await schema.query('CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT, x VARCHAR(20))');
  await schema.query('INSERT INTO t SELECT i, IF(i = 7, -1, i), i FROM numbers');
}

/** Takes for ever, after the first rows. */
const slow = '`id` > 5000 AND SLEEP(0.02) = 1';

t.test('when the time is up, what was found stays found, and the rest is unknown', async (t) => {
  await forEachServer(t, servers, async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeTable(schema);
    const ask = await asker(t, server, schema);
    const start = performance.now();
    const checks = await ask('t', [rowsWhere(slow), rowsWhere('`v` < 0'), keyOf('`x`')], {
      settings: within(900),
    });
    t.ok(performance.now() - start < 5_000, 'in time');
    t.match(checks, [
      {
        level: 'unknown',
        text: /^It is unknown whether rows offend: the time limit of 900ms was reached\.$/,
      },
      {
        level: 'danger',
        count: 1,
        samples: ['id=7'],
        text: /^1 offend\. \(At least; not all rows/,
        final: true,
      },
      { id: 'test-key', level: 'unknown' },
    ]);
    t.equal(checks.length, 3, 'and nothing is said to fit');
    t.same(await runningOn(schema), [], 'nothing reads on');
  });
});

t.test('no time at all: nothing is looked at', async (t) => {
  await forEachServer(t, ['mysql-9.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeTable(schema);
    const ask = await asker(t, server, schema);
    const checks = await ask('t', [rowsWhere('`v` < 0'), keyOf('`x`')], { settings: within(0) });
    t.match(checks, [
      { id: 'test-rows', level: 'unknown', text: /--check-time is 0/ },
      { id: 'test-key', level: 'unknown' },
    ]);
  });
});

t.test('an abort ends the reading at once, in the server as well', async (t) => {
  await forEachServer(t, [...servers, 'mysql-5.7'], async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeTable(schema);
    const ask = await asker(t, server, schema);
    for (const question of [rowsWhere('SLEEP(0.02) = 1'), keyOf('`x` + SLEEP(0.02)')]) {
      const controller = new AbortController();
      const reason = new Error('enough');
      const asked = ask('t', [question], { signal: controller.signal });
      await until('the question is running', async () => (await runningOn(schema)).length > 0, {
        everyMs: 20,
      });
      const start = performance.now();
      controller.abort(reason);
      await t.rejects(asked, { message: 'enough' });
      t.ok(performance.now() - start < 3_000, `${Math.round(performance.now() - start)} ms`);
      t.same(await leftOn(schema), []);
    }
  });
});

t.test('a server above --max-load is left alone, and it is told why', async (t) => {
  await forEachServer(t, servers, async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeTable(schema);
    const ask = await asker(t, server, schema);
    const events: Event[] = [];
    const { ghost } = settingsFor(server);
    const busy = { ghost: { ...ghost, maxLoad: 'Threads_running=0,Threads_connected=100000' } };
    const checks = await ask('t', [rowsWhere('`v` < 0')], {
      settings: { ...busy, ...within(1_400) },
      emit: (event) => events.push(event),
    });
    t.match(checks, [{ id: 'test-rows', level: 'unknown' }], 'nothing was read');
    t.match(events[0], { type: 'progress', phase: 'check', throttled: /^Threads_running is \d+, above 0$/ });
    t.ok(events.length <= 2, 'at most one a second');
  });
});

t.test('a question that the server cannot answer spoils no other', async (t) => {
  await forEachServer(t, servers, async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeTable(schema);
    const ask = await asker(t, server, schema);
    const checks = await ask('t', [
      rowsWhere('`v` < 0'),
      rowsWhere('NOT EXISTS (SELECT 1 FROM nowhere AS p WHERE p.id = `t`.`id`)', 'broken'),
      keyOf('`nothing`'),
      keyOf('`v` DIV 8192'),
    ]);
    t.match(checks, [
      { id: 'test-rows', level: 'danger', count: 1 },
      { id: 'broken', level: 'unknown', text: /the server said: / },
      { id: 'test-key', level: 'unknown', text: /nothing/ },
      { id: 'test-key', level: 'danger', count: 8190 },
    ]);
    const unknown = {
      kind: 'unknown',
      finding: { id: 'x', about: 'whether it is so' },
      why: 'nobody knows',
    } as const;
    t.match(await ask('t', [rowsWhere('`v` = -9'), unknown]), [
      { id: 'x', level: 'unknown', text: 'It is unknown whether it is so: nobody knows.' },
    ]);
  });
});

t.test('an empty table fits', async (t) => {
  await forEachServer(t, servers, async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeTable(schema);
    const ask = await asker(t, server, schema);
    await schema.query('CREATE TABLE none (id INT NOT NULL PRIMARY KEY)');
    t.match(await ask('none', [rowsWhere('`id` < 0'), keyOf('`id`')]), [{ id: 'rows-fit', text: /^0 rows/ }]);
  });
});

/** Statements that run in the schema's tables. */
/** MySQL 5.7 gives its answer a moment before its list shows that the statement is over. */
async function leftOn(schema: Schema): Promise<string[]> {
  for (let looks = 0; looks < 20 && (await runningOn(schema)).length > 0; looks++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return runningOn(schema);
}

async function runningOn(schema: Schema): Promise<string[]> {
  const on = `\`${schema.name}\`.\`t\` AS \`t\``;
  return (await processesOf(schema)).flatMap(({ statement }) => (statement?.includes(on) ? [statement] : []));
}
