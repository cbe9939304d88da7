import t from 'tap';
import { run } from '../../../lib/run/run.js';
import { serverKinds } from '../../sandbox/index.js';
import { forEachServer, freshSchema, type Schema } from '../../servers.js';
import { altersOf, columnsOf, makeBigTable } from '../../support/big-table.js';
import { requestFor } from '../../support/request.js';
import { rowsNotAsked } from '../../support/settings.js';
import { asItWas } from '../../support/texts.js';
import { until } from '../../support/until.js';

const patient = { strategy: 'direct', stallBudgetMs: 3_600_000, directBudgetMs: 3_600_000 } as const;

/** Ends the ALTER of a table from outside, as an administrator would, as soon as it runs. */
async function killAlter(schema: Schema, table: string, how: 'KILL' | 'KILL QUERY'): Promise<number> {
  const id = await until('the ALTER is seen', async () => (await altersOf(schema, table))[0], { everyMs: 0 });
  await schema.query(`${how} ${id}`);
  return id;
}

t.test('killed from outside, the truth is told from what the table looks like', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeBigTable(schema, 'big', 16);
    const before = await columnsOf(schema, 'big');
    for (const how of ['KILL', 'KILL QUERY'] as const) {
      const request = requestFor(server, `ALTER TABLE ${schema.name}.big MODIFY a BIGINT NOT NULL`, patient);
      const [{ exitCode, statements }] = await Promise.all([run(request), killAlter(schema, 'big', how)]);
      const [result] = statements;
      t.same(await columnsOf(schema, 'big'), before, `${how}: not changed`);
      t.not(exitCode, 0, how);
      t.not(exitCode, 1, how);
      t.match(result, { state: asItWas, next: String }, `${how}: ${result?.outcome}, ${result?.reason.text}`);
      t.same(await altersOf(schema, 'big'), []);
    }
  });
});

t.test('rows that do not fit are the reason, and the table is as it was', async (t) => {
  const cases = {
    'ADD UNIQUE INDEX uq (a)': [1062, /same key/],
    'MODIFY b VARCHAR(40) NOT NULL': ['1138|1265', /NULL|fit/],
    'MODIFY b VARCHAR(2)': ['1265|1406', /fit|long/],
    'MODIFY big TINYINT': [1264, /range/],
  } as const;
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await schema.query(
      'CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT, b VARCHAR(40), big BIGINT)',
    );
    await schema.query("INSERT INTO t (a, b, big) VALUES (1, 'one', 1), (1, NULL, 1000), (2, 'three', 3)");
    const [definition] = await schema.query('SHOW CREATE TABLE t');
    for (const [alter, [errno, next]] of Object.entries(cases)) {
      const request = requestFor(server, `ALTER TABLE ${schema.name}.t ${alter}`, rowsNotAsked);
      const { exitCode, statements } = await run(request);
      t.equal(exitCode, 4, alter);
      t.match(statements, [
        {
          outcome: 'refused',
          reason: { id: new RegExp(`^server-(${errno})$`) },
          state: asItWas,
          next,
        },
      ]);
      t.same(await schema.query('SHOW CREATE TABLE t'), [definition]);
    }
    t.same(await schema.query('SELECT a, b, big FROM t ORDER BY id'), [
      { a: 1, b: 'one', big: 1 },
      { a: 1, b: null, big: 1_000 },
      { a: 2, b: 'three', big: 3 },
    ]);
  });
});

t.test('a long ALTER is followed by its stages, and the switch for them is put back', async (t) => {
  await forEachServer(t, serverKinds, async (t, server) => {
    const schema = await freshSchema(t, server);
    await makeBigTable(schema, 'big', server.kind.startsWith('mariadb') ? 18 : 17);
    const consumer = async () => {
      const [row] = await schema.query<{ enabled: string }>(
        "SELECT ENABLED AS enabled FROM performance_schema.setup_consumers WHERE NAME='events_stages_current'",
      );
      return row?.enabled;
    };
    t.equal(await consumer(), 'NO');
    let meanwhile: string | undefined;
    const attempt = async () => {
      const request = requestFor(server, `ALTER TABLE ${schema.name}.big FORCE`, patient);
      const { emit } = request;
      const looks: Promise<void>[] = [];
      request.emit = (event) => {
        emit(event);
        if (event.type === 'progress')
          looks.push(
            consumer().then((enabled) => {
              meanwhile ??= enabled;
            }),
          );
      };
      const { exitCode } = await run(request);
      await Promise.all(looks);
      t.equal(exitCode, 0);
      return request.events.flatMap((event) => (event.type === 'progress' ? [event] : []));
    };
    let progress = await attempt();
    // A fast machine is through before the second look.
    for (let tries = 0; tries < 4 && !progress.some(({ percent }) => percent !== undefined); tries++) {
      await schema.query('INSERT INTO big (a, b) SELECT a, b FROM big');
      progress = await attempt();
    }
    t.equal(meanwhile, 'YES', 'on while it runs');
    t.equal(await consumer(), 'NO', 'off afterwards');
    t.ok(
      progress.some(({ stage }) => (stage ?? '') !== ''),
      'stages are named',
    );
    const percents = progress.flatMap(({ percent }) => percent ?? []);
    t.same(
      percents,
      [...percents].sort((a, b) => a - b),
      'never backwards',
    );
    t.ok(
      percents.every((percent) => percent < 100),
      'never done before it is',
    );
    t.ok(percents.length > 0, `${percents.length} percentages`);
  });
});
