import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { runStatement } from '../../../lib/engines/direct/statement.js';
import type { Process } from '../../../lib/mysql/processlist.js';
import { openSession } from '../../../lib/mysql/session.js';
import { run } from '../../../lib/run/run.js';
import { parseTexts } from '../../../lib/sql/migration.js';
import { forEachServer, freshSchema, type TestServer } from '../../servers.js';
import { altersOf, columnsOf, makeBigTable } from '../../support/big-table.js';
import { requestFor } from '../../support/request.js';
import { connectionTo } from '../../support/settings.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';
import { settled, until } from '../../support/until.js';

const patient = { strategy: 'direct', stallBudgetMs: 3_600_000, directBudgetMs: 3_600_000 } as const;
const sql = 'DO SLEEP(2)';
/** By the text of the statement, or by what the connection does at all. */
const ways: Readonly<Record<string, (process: Process) => boolean>> = {
  'its text': ({ statement }) => statement === sql,
  'its connection': ({ command }) => command !== 'Sleep',
};

// They only wait.
t.jobs = 2;
await forEachServer(t, ['mysql-9.7', 'mariadb-10.11'], async (t, server) => {
  t.jobs = 3;
  for (const [by, isAtIt] of Object.entries(ways)) t.test(`by ${by}`, (t) => tried(t, server, isAtIt));
  t.test('an ALTER without its client is stopped where it is not wanted any more', (t) => orphan(t, server));
  t.test('a plain statement ends without its answer, as unknown', (t) => plainOne(t, server));
});

async function tried(t: Test, server: TestServer, isAtIt: (process: Process) => boolean): Promise<void> {
  for (const isSilent of [true, false]) {
    const name = isSilent ? 'an answer that got lost on its way is noticed' : 'one that comes is waited for';
    await t.test(name, async (t) => {
      const proxy = await startTcpProxy(server.port);
      t.teardown(() => proxy.close());
      const settings = connectionTo({ ...server, port: proxy.port });
      const session = await openSession(settings);
      try {
        const running = runStatement(session, sql, {
          connection: settings,
          listedId: session.connectionId,
          isAtIt,
          signal: new AbortController().signal,
          lookMs: 1_000,
        });
        if (isSilent) {
          await sleep(500); // so that the server has it
          proxy.silence();
          proxy.heal(); // for those that come later
        }
        t.match(await running, { end: isSilent ? 'lost' : 'done' });
      } finally {
        await session.close();
      }
    });
  }
}

async function orphan(t: Test, server: TestServer): Promise<void> {
  const schema = await freshSchema(t, server);
  await makeBigTable(schema, 'big', 17);
  const before = await columnsOf(schema, 'big');
  const proxy = await startTcpProxy(server.port);
  t.teardown(() => proxy.close());
  const stop = new AbortController();
  const sql = `ALTER TABLE ${schema.name}.big MODIFY a BIGINT NOT NULL`;
  const request = requestFor({ ...server, port: proxy.port }, sql, patient, stop.signal);
  const running = run(request);
  await until('the ALTER is seen', async () => (await altersOf(schema, 'big')).length > 0, { everyMs: 20 });
  proxy.cut();
  proxy.heal();
  stop.abort();
  const { statements } = await running;
  const [result] = statements;
  // It may have been through just before.
  const isThrough = result?.outcome === 'done';
  if (!isThrough) t.same(await columnsOf(schema, 'big'), before, `${result?.state}`);
  t.same(await altersOf(schema, 'big'), [], 'nothing goes on');
}

async function plainOne(t: Test, server: TestServer): Promise<void> {
  const schema = await freshSchema(t, server);
  await schema.query('CREATE TABLE t (id INT PRIMARY KEY, a INT)');
  await schema.query('INSERT INTO t VALUES (1, 1)');
  const proxy = await startTcpProxy(server.port);
  t.teardown(() => proxy.close());
  const texts = [`UPDATE ${schema.name}.t SET a=2+SLEEP(3)`, `UPDATE ${schema.name}.t SET a=3`];
  const running = run({
    ...requestFor({ ...server, port: proxy.port }, `ALTER TABLE ${schema.name}.t ADD b INT`),
    statements: parseTexts(texts, 'the test'),
  });
  const isAtIt = async () =>
    (await schema.query<{ Info: string | null }>('SHOW FULL PROCESSLIST')).some(({ Info }) =>
      Info?.startsWith(`UPDATE ${schema.name}.t SET a=2`),
    );
  const isOver = settled(running);
  await until('the UPDATE is running', async () => isOver() || (await isAtIt()));
  proxy.silence();
  proxy.heal(); // for those that come later
  const { statements, exitCode } = await running;
  t.match(statements[0], { outcome: 'unknown', reason: { id: 'connection-lost' } });
  t.equal(exitCode, 9);
  t.same(
    await schema.query('SELECT a FROM t'),
    [{ a: 2 }],
    'the server had done it; the next one was not sent',
  );
}
