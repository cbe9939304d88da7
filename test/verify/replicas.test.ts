import t from 'tap';
import type { Event } from '../../lib/documents/event.js';
import { parseVersion } from '../../lib/inspect/capabilities.js';
import { run } from '../../lib/run/run.js';
import { parseStatements } from '../../lib/sql/parse.js';
import { lookForArrival } from '../../lib/verify/replica-states.js';
import { sessionFor } from '../support/probing.js';
import { applying, type OwnServer, withOwnReplicas } from '../support/replicated.js';
import { settingsFor } from '../support/settings.js';
import { until } from '../support/until.js';

for (const kind of ['mysql-9.7', 'mariadb-10.11'] as const) {
  await withOwnReplicas(t, kind, [{}], async (t, primary, [replica]) => {
    if (replica === undefined) throw new Error('no replica');
    await primary.query('CREATE SCHEMA shop');
    await primary.query('CREATE TABLE shop.orders (id INT PRIMARY KEY, day DATE, note TEXT, CHECK (id > 0))');

    await t.test('a change that has arrived', async (t) => {
      const { result, warnings } = await change(primary, 'ADD COLUMN paid INT, ADD CHECK (paid > 0)');
      t.match(result, { outcome: 'done', exitCode: 0 });
      t.same(result?.replicas, [{ host: replica.host, port: replica.port, schema: 'same' }]);
      t.same(warnings, []);
    });

    await t.test('a replica that stands still is not waited for', async (t) => {
      await applying(replica, 'STOP');
      const { result, warnings } = await change(primary, 'ADD COLUMN sent INT');
      t.match(result, { outcome: 'done', exitCode: 0 });
      t.match(result?.replicas, [{ schema: 'behind', detail: 'its replication has stopped' }]);
      t.match(warnings, [
        `The change has not reached the replica at 127.0.0.1:${replica.port}: its replication has stopped.`,
      ]);
      await applying(replica, 'START');
      await until('it arrives', async () => (await definition(replica)).includes('`sent`'));
    });

    await t.test('a replica whose table is another', async (t) => {
      await replica.query('SET sql_log_bin=0');
      await replica.query('ALTER TABLE shop.orders ADD KEY reports (day)');
      const { result, warnings } = await change(primary, 'ADD COLUMN gone INT');
      t.match(result, { outcome: 'done', exitCode: 0 });
      t.match(result?.replicas, [{ schema: 'different', detail: 'it has KEY `reports` (`day`)' }]);
      t.match(warnings, [/^The table on the replica at .* differs: it has KEY `reports`/]);
      await replica.query('ALTER TABLE shop.orders DROP KEY reports');
    });

    await t.test('replicas of another version are compared by the names of columns and keys', async (t) => {
      const session = await sessionFor(t, replica);
      const here = {
        flavor: kind === 'mysql-9.7' ? 'mysql' : 'mariadb',
        version: parseVersion('9.0.1'),
      } as const;
      const there = {
        host: replica.host,
        port: replica.port,
        flavor: here.flavor,
        version: parseVersion('8.0.36'),
      };
      const [row] = await primary.query<{ 'Create Table': string }>('SHOW CREATE TABLE shop.orders');
      const text = row?.['Create Table'] ?? '';
      const seen = async (definition: string) =>
        lookForArrival(session, there, undefined, {
          table: { schema: 'shop', name: 'orders' },
          definition,
          ...here,
        });
      const inOtherWords = text.replace('`day` date', '`day` DATE /* of another time */');
      t.not(inOtherWords, text);
      t.same(await seen(inOtherWords), { schema: 'same' });
      t.match(await seen(text.replace('`day`', '`date`')), { schema: 'behind' });
    });

    await t.test('a replica that has gone is told, and the change is done', async (t) => {
      await replica.stop();
      const { result, warnings } = await change(primary, 'DROP COLUMN gone');
      t.match(result, { outcome: 'done', exitCode: 0 });
      // The primary may have noticed by then that nobody reads its log.
      for (const state of result?.replicas ?? [])
        t.match(state, { schema: 'unreachable', detail: /ECONNREFUSED/ });
      t.equal(warnings.length, result?.replicas?.length ?? 0);
    });
  });
}

async function change(primary: OwnServer, spec: string) {
  const events: Event[] = [];
  const { statements } = await run({
    run: 'test',
    statements: parseStatements(`ALTER TABLE shop.orders ${spec}`),
    settings: settingsFor(primary, {
      strategy: 'direct',
      checks: { timeMs: 60_000, accept: ['column-dropped'], forecast: 'rates' },
    }),
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
  });
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.text] : []));
  return { result: statements[0], warnings };
}

async function definition(server: OwnServer): Promise<string> {
  const [row] = await server.query<{ 'Create Table': string }>('SHOW CREATE TABLE shop.orders');
  return row?.['Create Table'] ?? '';
}
