import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import t from 'tap';
import type { Event } from '../../../../lib/documents/event.js';
import { compareShadow } from '../../../../lib/engines/gh-ost/compare/compare-shadow.js';
import { Steering } from '../../../../lib/runs/steering.js';
import { forEachServer } from '../../../servers.js';
import { privateTemp, stage } from '../../../support/ghost-stage.js';
import { type HeldCopy, unplanned, withHeldCopy } from '../../../support/held-copy.js';
import { settingsFor } from '../../../support/settings.js';

privateTemp(t);

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('a copy that waits for its swap', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
    const { name } = on.table;
    await on.schema.query(`ALTER TABLE ${name} ADD COLUMN data JSON, ALGORITHM=COPY`);
    await on.schema.query(`UPDATE ${name} SET data='{"a": 1.5, "b": 1.0}'`);
    const other = await on.schema.connect();
    // alterwise itself writes CHANGE here, for gh-ost knows no other rename.
    const statement = unplanned(
      { schema: on.schema.name, name },
      'RENAME COLUMN note TO remark, MODIFY amount BIGINT',
    );
    const settings = settingsFor(server);
    const path = on.request('FORCE').settings.ghost.path;
    const full = { ...settings, ghost: { ...settings.ghost, ...(path !== undefined && { path }) } };
    const { signal } = new AbortController();
    await withHeldCopy(full, statement, { signal }, async (held) => {
      await t.test('holds no value of a column that gh-ost does not see renamed', async (t) => {
        const renames = [{ from: 'note', to: 'remark' }];
        const promise = { ...held.statement.promise, renames };
        const found = await differences({ ...held, statement: { ...held.statement, promise } });
        const [row] = await on.schema.query<{ n: number }>(
          `SELECT COUNT(*) AS n FROM ${name} WHERE note IS NOT NULL`,
        );
        t.equal(found.length, Math.min(1_000, row?.n ?? 0));
        t.same(await differences(held), [], 'which is all that it does not hold');
      });

      await t.test('has a text for each decimal in a JSON of a row that was written meanwhile', async (t) => {
        await other.query(`UPDATE ${name} SET amount=amount+1 WHERE id=5`);
        t.same(await differences(held), [], 'floating numbers are the same');
        await other.query(`UPDATE ${name} SET data=JSON_OBJECT('price', 9.90) WHERE id=6`);
        t.same(await differences(held), ['lost id=6']);
        await other.query(`UPDATE ${name} SET data=NULL WHERE id=6`);
        t.same(await differences(held), [], 'and is equal once the row is written again');
      });

      await t.test('is compared to the end by a connection that is killed again and again', async (t) => {
        await other.query('SET SESSION sql_log_bin=0');
        await other.query(`UPDATE ${name} SET day='2000-01-01' WHERE id=2999`);
        let kills = 0;
        let killing = Promise.resolve();
        const emit = (event: Event) => {
          if (event.type !== 'progress' || kills >= 5) return;
          killing = killing.then(async () => {
            kills += await kill(other, name);
          });
        };
        const found = await differences({ ...held, context: { ...held.context, emit } });
        await killing;
        t.same(found, ['lost id=2999']);
        t.ok(kills > 0, `${kills} times`);
      });

      await t.test('is not compared while gh-ost is told to wait, but afterwards', async (t) => {
        await held.ghost.command('throttle');
        let ended = false;
        const steering = Object.assign(new Steering(), { paused: true });
        const comparing = differences({ ...held, context: { ...held.context, steering } }).then((found) => {
          ended = true;
          return found;
        });
        await sleep(3_000);
        t.notOk(ended);
        await held.ghost.command('no-throttle');
        steering.paused = false;
        t.same(await comparing, ['lost id=2999']);
      });
    });
  });
});

async function differences({ ghost, statement, context }: HeldCopy): Promise<string[]> {
  const check = await compareShadow(ghost, statement, context);
  return check.checked ? check.differences.map(({ what, key }) => `${what} ${key}`) : [check.why];
}

/** Ends the connection that compares the table. @returns how many it were */
async function kill(other: Connection, table: string): Promise<number> {
  const [rows] = await other.query<RowDataPacket[]>(
    `SELECT PROCESSLIST_ID AS id
       FROM performance_schema.events_statements_current JOIN performance_schema.threads USING (THREAD_ID)
      WHERE SQL_TEXT LIKE ? AND PROCESSLIST_ID<>CONNECTION_ID()`,
    [`SELECT%EXISTS%_${table}_gho%`],
  );
  for (const { id } of rows) await other.query(`KILL ${id}`).catch(() => {}); // it may have gone since
  return rows.length;
}
