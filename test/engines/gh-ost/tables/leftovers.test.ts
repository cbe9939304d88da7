import t from 'tap';
import { makePlan } from '../../../../lib/plan/make-plan.js';
import { run } from '../../../../lib/run/run.js';
import { withRunLock } from '../../../../lib/runs/run-lock.js';
import { Steering } from '../../../../lib/runs/steering.js';
import { forEachServer } from '../../../servers.js';
import { agrees, privateTemp, resultOf, stage } from '../../../support/ghost-stage.js';
import { startRealGhost } from '../real-ghost.js';

privateTemp(t);

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('tables of others by the names that gh-ost needs are named, and stay', async (t) => {
    const on = await stage(t, server, { rows: 100, name: 'orders' });
    const { name } = on.schema;
    const kept = async (table: string) => {
      const rows = await on.schema.query(`SELECT v FROM \`${table}\``);
      t.same(rows, [{ v: 'of somebody' }], `${table} holds what it held`);
      await on.schema.query(`DROP TABLE \`${table}\``);
    };
    for (const suffix of ['gho', 'ghc', 'ghk']) {
      const table = `_orders_${suffix}`;
      await on.schema.query(`CREATE TABLE ${table} (v VARCHAR(20))`);
      await on.schema.query(`INSERT INTO ${table} VALUES ('of somebody')`);
      const result = await resultOf(on.request('MODIFY amount BIGINT'));
      t.match(result, { outcome: 'refused', exitCode: 11, reason: { id: 'ghost-leftovers' } });
      t.match(result.reason.text, `${name}.${table}`);
      t.match(result.next, /alterwise clean says whose they are/);
      await kept(table);
    }
    t.same(await on.left(), []);
  });

  t.test('old tables of earlier changes stay, whoever made them, and sentries of others too', async (t) => {
    const on = await stage(t, server, { rows: 100, name: 'orders' });
    const others = ['_orders_del', '_orders_20200101000000_del', '_orders_old_20200101000000_del'];
    for (const table of others) await on.schema.query(`CREATE TABLE ${table} (v INT)`);
    await on.schema.query("CREATE TABLE _orders_20200202000000_del (v INT) COMMENT='ghost-cut-over-sentry'");
    const before = await on.left();
    t.equal(before.length, 4);
    const abort = new AbortController();
    const aborted = await resultOf(
      on.request('MODIFY amount BIGINT', {
        signal: abort.signal,
        emit: (event) => event.type === 'progress' && abort.abort(),
      }),
    );
    t.match(aborted, { exitCode: 6 });
    t.same(await on.left(), before);
    const done = await resultOf(on.request('MODIFY amount BIGINT'));
    t.match(done, { outcome: 'done', exitCode: 0 });
    t.same(await on.left(), [...before, done.oldTable].toSorted());
  });

  for (const [when, columns] of [
    ['before gh-ost has looked', '(v INT)'],
    // Nobody sees it before it is made to the end; gh-ost waits for its name meanwhile.
    ['behind its look', 'AS SELECT SLEEP(3) AS v'],
  ]) {
    t.test(`a table that came ${when} is not of gh-ost, and not dropped`, async (t) => {
      const on = await stage(t, server, { rows: 100, name: 'orders' });
      const other = await on.schema.connect();
      let made: Promise<unknown> | undefined;
      const request = on.request('MODIFY amount BIGINT', {
        emit: (event) => {
          if (event.type === 'gh-ost' && event.text.startsWith('starting gh-ost')) {
            made ??= other.query(`CREATE TABLE _orders_gho ${columns}`);
          }
        },
      });
      const result = await resultOf(request);
      await made;
      t.match(result, { outcome: 'failed', exitCode: 7, reason: { text: /_orders_gho. already exists/ } });
      t.same(await on.left(), [`${on.schema.name}._orders_gho`]);
    });
  }

  t.test('a name that somebody takes between plan and start: gh-ost is not started', async (t) => {
    const on = await stage(t, server, { rows: 100, name: 'orders' });
    const other = await on.schema.connect();
    let made: Promise<unknown> | undefined;
    const request = on.request('MODIFY amount BIGINT', {
      emit: (event) => {
        if (event.type === 'plan') made ??= other.query("CREATE TABLE _orders_ghk SELECT 'of somebody' AS v");
      },
    });
    const result = await resultOf(request);
    await made;
    t.match(result, { exitCode: 11, reason: { id: 'ghost-leftovers', text: /_orders_ghk/ } });
    t.match(await on.schema.query('SELECT v FROM _orders_ghk'), [{ v: 'of somebody' }]);
  });

  t.test(
    'another table, of the same 44 letters, is swapped meanwhile: its original is not ours',
    async (t) => {
      const name = `${'a_long_name_of_a_table_that_has_a_year_in_it'}_2026`;
      const on = await stage(t, server, { rows: 100, name });
      const abort = new AbortController();
      const theirs = `_${name.slice(0, 44)}_20261129000000_del`;
      let made: Promise<unknown> | undefined;
      const request = on.request('MODIFY amount BIGINT', {
        signal: abort.signal,
        emit: (event) => {
          if (event.type !== 'progress') return;
          made ??= on.schema.query(`CREATE TABLE ${theirs} (v INT)`).then(() => abort.abort());
        },
      });
      const result = await resultOf(request);
      await made;
      t.match(result, { outcome: 'aborted', exitCode: 6 });
      t.same(await on.beside(), [`${on.schema.name}.${theirs}`]);
    },
  );

  t.test('two runs of alterwise on the same table: the second does not begin', async (t) => {
    const on = await stage(t, server, { rows: 5_000, name: 'orders' });
    const load = await on.load();
    let second: Promise<unknown> | undefined;
    const steering = new Steering();
    const request = on.request('MODIFY amount BIGINT', {
      settings: { cutOver: { when: 'manual', stallTotalMs: 10_000 } },
      emit: (event) => {
        if (event.type !== 'progress') return;
        // The first does not end before the second has.
        second ??= run(on.request('MODIFY amount BIGINT'))
          .catch((error) => error)
          .finally(() => {
            steering.cutOverAsked = true;
          });
      },
    });
    const first = await resultOf({ ...request, steering });
    const report = await load.stop();
    t.match(await second, { exitCode: 11, id: /running/, message: /at work on .*orders already/ });
    t.match(first, { outcome: 'done', exitCode: 0 });
    t.same(await on.left(), [first.oldTable]);
    t.match(await on.compare(report), agrees);
  });

  t.test('an alterwise that alters the table directly keeps another one away as well', async (t) => {
    const on = await stage(t, server, { rows: 10, name: 'orders' });
    const { connection } = on.request('FORCE').settings;
    await withRunLock(connection, { schema: on.schema.name, name: 'orders' }, async () => {
      const refused = await run(on.request('MODIFY amount BIGINT'));
      t.match(refused, {
        exitCode: 11,
        statements: [
          {
            outcome: 'refused',
            reason: { id: 'already-running', text: /working on .*orders/ },
            next: /Wait until it ends/,
          },
        ],
      });
    });
    t.same(await on.left(), []);
  });

  t.test('a bare gh-ost on the same table: nothing is begun, and it goes on', async (t) => {
    const on = await stage(t, server, { rows: 2_000, name: 't' });
    const load = await on.load();
    const bare = await startRealGhost(t, server, on.schema, 'MODIFY amount BIGINT');
    await bare.until((status) => /postponing/.test(status));
    for (const strategy of ['gh-ost', 'direct'] as const) {
      const refused = await makePlan(on.request('MODIFY amount BIGINT', { settings: { strategy } })).catch(
        (e) => e,
      );
      t.match(
        refused,
        { exitCode: 11, id: 'gh-ost-running', message: /gh-ost is at work on .*t already/ },
        strategy,
      );
      t.match(refused.state, 'the other one continues');
    }
    t.match(await bare.swap('unpostpone'), { code: 0 });
    const report = await load.stop();
    t.match(await on.definition(), '`amount` bigint');
    t.match(await on.compare(report), agrees);
  });
});
