import t from 'tap';
import type { Event } from '../../lib/documents/event.js';
import { run } from '../../lib/run/run.js';
import { parseStatements } from '../../lib/sql/parse.js';
import { withOwnReplicas } from '../support/replicated.js';
import { settingsFor } from '../support/settings.js';
import { until } from '../support/until.js';

/** A replica begins a direct ALTER when it is over on the primary, and needs about as long. */
await withOwnReplicas(t, 'mysql-9.7', [{}], async (t, primary, [replica]) => {
  if (replica === undefined) throw new Error('no replica');
  await primary.query('CREATE SCHEMA shop');
  await primary.query(
    'CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, code CHAR(64), note CHAR(200))',
  );
  await primary.query('INSERT INTO shop.orders (code, note) VALUES (SHA2(1, 256), REPEAT("x", 200))');
  for (let doubled = 0; doubled < 15; doubled++) {
    await primary.query('INSERT INTO shop.orders (code, note) SELECT SHA2(id, 256), note FROM shop.orders');
  }
  await primary.query('ANALYZE TABLE shop.orders');
  const read = async (sql: string) =>
    Object.values((await replica.query(sql).catch(() => []))[0] ?? {}).join(' ');
  await until('the rows arrive', async () => (await read('SELECT COUNT(*) FROM shop.orders')) === '32768');

  const isThere = async () => (await read('SHOW CREATE TABLE shop.orders')).includes('KEY `code`');
  const events: Event[] = [];
  let delay: Promise<number> | undefined;
  const { statements } = await run({
    run: 'test',
    statements: parseStatements('ALTER TABLE shop.orders ADD KEY (code), ADD KEY (note)'),
    settings: settingsFor(primary, {
      strategy: 'direct',
      checks: { timeMs: 60_000, accept: [], forecast: 'sample' },
    }),
    emit: (event) => {
      events.push(event);
      // Emitted when the server has answered that the ALTER is done.
      if (event.type === 'phase' && event.phase === 'verify')
        delay ??= durationOf(until('it arrives', isThere));
    },
    signal: new AbortController().signal,
  });
  const delayMs = (await delay) ?? Number.NaN;
  t.match(statements, [{ outcome: 'done', strategy: 'inplace', replicas: [{ schema: 'same' }] }]);

  const plan = events.find((event) => event.type === 'plan')?.plan;
  const { low, high } = plan?.statements[0]?.estimate.replicaDelayMs ?? { low: Number.NaN, high: Number.NaN };
  t.comment(`predicted ${low} to ${high} ms, measured ${Math.round(delayMs)} ms`);
  t.ok(delayMs > low / 10, `${Math.round(delayMs)} ms, of at least ${low} ms`);
  t.ok(delayMs < high * 10 + 2_000, `${Math.round(delayMs)} ms, of at most ${high} ms`);
});

async function durationOf(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}
