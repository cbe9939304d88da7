import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import t from 'tap';
import { run } from '../../../lib/run/run.js';
import { freshSchema, type Schema } from '../../servers.js';
import { forEachOwnServer } from '../../support/own-servers.js';
import { requestFor } from '../../support/request.js';
import { asItWas } from '../../support/texts.js';

/** Locks over the whole server, as backups take them. */
const locks = {
  'a global read lock': { on: /./, take: ['FLUSH TABLES WITH READ LOCK'], free: 'UNLOCK TABLES' },
  'a backup lock': { on: /^mysql-9/, take: ['LOCK INSTANCE FOR BACKUP'], free: 'UNLOCK INSTANCE' },
  'a backup stage': {
    on: /^mariadb/,
    take: ['BACKUP STAGE START', 'BACKUP STAGE FLUSH', 'BACKUP STAGE BLOCK_DDL'],
    free: 'BACKUP STAGE END',
  },
};

const budget = { lockBudgetMs: 2_500, lockWaitTimeoutSeconds: 1 };

await forEachOwnServer(t, ['mysql-5.7', 'mysql-9.7', 'mariadb-10.11'], {}, async (t, server) => {
  const tableIn = async (schema: Schema) => {
    await schema.query('CREATE TABLE t (id INT PRIMARY KEY, result TEXT NULL) ENGINE=InnoDB');
    await schema.query("INSERT INTO t VALUES (1, 'ok'), (2, 'ko')");
  };

  for (const [name, { on, take, free }] of Object.entries(locks)) {
    if (!on.test(server.kind)) continue;
    await t.test(name, async (t) => {
      const schema = await freshSchema(t, server);
      await tableIn(schema);
      const backup = await schema.connect();
      for (const sql of take) await backup.query(sql);
      const sql = `ALTER TABLE ${schema.name}.t MODIFY result MEDIUMTEXT NULL`;
      const locked = await run(requestFor(server, sql, budget)).catch((error: unknown) => error);
      t.match(locked, { id: 'server-locked', exitCode: 5, state: asItWas, next: String });
      const id = backup.threadId;
      if (server.kind === 'mysql-9.7') t.match(locked, { message: `connection ${id} `, next: `KILL ${id} ` });
      const waiting = requestFor(server, sql, { ...budget, lockBudgetMs: 20_000 });
      const running = run(waiting);
      await sleep(1_500);
      await backup.query(free);
      t.match(await running, { exitCode: 0 }, 'within the budget it waits for the end of the backup');
      t.ok(
        waiting.events.some(({ type }) => type === 'attempt'),
        'and says so',
      );
    });
  }

  await t.test('a prepared XA transaction without its connection', async (t) => {
    const schema = await freshSchema(t, server);
    await tableIn(schema);
    await prepared(await schema.connect(), ['INSERT INTO t VALUES (3, NULL)']);
    const sql = `ALTER TABLE ${schema.name}.t MODIFY result MEDIUMTEXT NULL`;
    const { exitCode, statements } = await run(requestFor(server, sql, { ...budget, strategy: 'direct' }));
    t.equal(exitCode, 5);
    const [statement] = statements;
    t.match(statement, { reason: { id: 'lock-timeout', text: 'XA' }, state: asItWas });
    const rollback = /XA ROLLBACK .+$/.exec(statement?.next ?? '')?.[0];
    t.ok(rollback, 'what it suggests');
    await schema.query(rollback ?? 'SELECT 1');
    t.match(await run(requestFor(server, sql, { strategy: 'direct' })), { exitCode: 0 });
  });
});

/** Leaves a transaction that is prepared, and whose connection is gone. */
async function prepared(connection: Connection, statements: readonly string[]): Promise<void> {
  const xid = "'a''w','b',7";
  for (const sql of [`XA START ${xid}`, ...statements, `XA END ${xid}`, `XA PREPARE ${xid}`]) {
    await connection.query(sql);
  }
  await connection.end();
}
