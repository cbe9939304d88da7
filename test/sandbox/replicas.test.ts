import t from 'tap';
import { applying, withOwnReplicas } from '../support/replicated.js';
import { until } from '../support/until.js';
import { type Replicated, withReplicas } from './index.js';
import { tracesOf } from './traces.js';

for (const kind of ['mysql-9.7', 'mariadb-10.11'] as const) {
  await withOwnReplicas(t, kind, [{}], async (t, primary, [replica]) => {
    if (replica === undefined) throw new Error('no replica');
    const lag = async () => {
      const [row] = await replica.query<Record<string, unknown>>('SHOW REPLICA STATUS');
      return row?.Seconds_Behind_Source ?? row?.Seconds_Behind_Master ?? null;
    };
    const count = async () => {
      const rows = await replica
        .query<{ n: number }>('SELECT COUNT(*) AS n FROM shop.orders')
        .catch(() => []);
      return rows[0]?.n ?? 0;
    };
    await primary.query('CREATE SCHEMA shop');
    await primary.query('CREATE TABLE shop.orders (id INT PRIMARY KEY)');
    await primary.query('INSERT INTO shop.orders VALUES (1), (2)');
    await until('what is written on the primary arrives', async () => (await count()) === 2);
    await until('the replica is not behind', async () => (await lag()) === 0);
    await applying(replica, 'STOP');
    await primary.query('INSERT INTO shop.orders VALUES (3)');
    t.equal(await lag(), null, 'a replica that does not apply does not know how far it is behind');
    t.equal(await count(), 2);
    await applying(replica, 'START');
    await until('it catches up', async () => (await count()) === 3);
  });
}

t.test('replicas end with their primary, whatever happens', async (t) => {
  let seen: Replicated | undefined;
  const using = withReplicas('mariadb-10.11', {}, [{}], async (servers) => {
    seen = servers;
    throw new Error('sorry');
  });
  await t.rejects(using, /sorry/);
  if (seen === undefined) throw new Error('the body was not called');
  t.equal(new Set([seen.primary, ...seen.replicas].map(({ port }) => port)).size, 2);
  for (const server of [seen.primary, ...seen.replicas]) t.same(await tracesOf(server), []);
});

t.test('a replica that cannot start is told', async (t) => {
  const each = [{ variables: { 'no-such-setting': '1' } }];
  const starting = withReplicas('mariadb-10.11', {}, each, async () => {
    t.fail('it was used');
  });
  await t.rejects(starting, { id: 'sandbox-start', message: /unknown variable/ });
});
