import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { checkCopy } from '../../lib/ghost/check-copy.js';
import type { StatementResult } from '../../lib/plan/result.js';
import type { Event } from '../../lib/progress/event.js';
import { forEachServer } from '../servers.js';
import { agrees, privateTemp, resultOf, type Stage, stage } from '../support/ghost-stage.js';
import { type HeldCopy, unplanned, withHeldCopy } from '../support/held-copy.js';
import { settingsFor } from '../support/settings.js';

privateTemp(t);
/** Slow enough to be broken on the way, when some chunks are copied and others are not. */
const slow = { chunkSize: 100, flags: ['--nice-ratio=2'] };

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('a row that is deleted, changed, added, or different to the eye only', async (t) => {
    const on = await stage(t, server, { rows: 4_000 });
    const ghost = `_${on.table.name}_gho`;
    const result = await broken(t, on, async (other) => {
      await other.query('SET SESSION sql_log_bin=0');
      await other.query(`DELETE FROM ${ghost} WHERE id=1`);
      await other.query(`UPDATE ${ghost} SET amount=amount+1 WHERE id=2`);
      await other.query(`UPDATE ${ghost} SET code=LOWER(code) WHERE id=3`);
      await other.query(`UPDATE ${ghost} SET code=CONCAT('Ç', SUBSTR(code, 2)) WHERE id=4`);
      await other.query(`INSERT INTO ${ghost} (id, code) VALUES (900000, 'added')`);
    });
    t.same(result.samples, [
      'id=1 (lost)',
      'id=2 (lost)',
      'id=3 (lost)',
      'id=4 (lost)',
      'id=900000 (surplus)',
    ]);
    t.match(result.reason.text, '4 rows missing or different, 1 row too many');
    t.equal(result.rowsCompared, 4_000);
  });

  t.test(
    'what sessions keep out of the binlog, and what they roll back after they have prepared it',
    async (t) => {
      const on = await stage(t, server, { rows: 4_000 });
      const { name } = on.table;
      const result = await broken(t, on, async (other) => {
        await other.query("XA START 'aw'");
        await other.query(`INSERT INTO ${name} (id, code) VALUES (500000, 'phantom')`);
        await other.query("XA END 'aw'");
        await other.query("XA PREPARE 'aw'");
        await other.query("XA ROLLBACK 'aw'");
        await other.query('SET SESSION sql_log_bin=0');
        await other.query(`UPDATE ${name} SET amount=amount+1 WHERE id=2`);
        await other.query(`DELETE FROM ${name} WHERE id=3`);
      });
      t.same(result.samples, ['id=2 (lost)', 'id=3 (surplus)', 'id=500000 (surplus)']);
    },
  );

  t.test('a session that writes half rows to the binlog', async (t) => {
    const on = await stage(t, server, { rows: 4_000 });
    await on.schema.query(`ALTER TABLE ${on.table.name} DROP COLUMN more`);
    const result = await broken(t, on, async (other) => {
      await other.query('SET SESSION binlog_row_image=MINIMAL');
      await other.query(`UPDATE ${on.table.name} SET amount=7 WHERE id=2`);
    });
    t.same(result.samples?.[0], 'id=2 (lost)');
  });

  t.test('a table that is emptied while it is copied', async (t) => {
    const on = await stage(t, server, { rows: 4_000 });
    const result = await broken(t, on, (other) => other.query(`TRUNCATE ${on.table.name}`));
    t.equal(result.samples?.length, 5);
    t.match(result.samples, [/^id=\d+ \(surplus\)$/]);
  });

  t.test('a heavy load is no difference, and the comparison tells how far it is', async (t) => {
    const on = await stage(t, server, { rows: 30_000 });
    const load = await on.load({ perSecond: 300 });
    const request = on.request('MODIFY amount BIGINT');
    const result = await resultOf(request);
    const report = await load.stop();
    t.match(result, { outcome: 'done', exitCode: 0 });
    t.match(await on.compare(report), agrees);
    const { rowsCompared = 0 } = result;
    t.ok(rowsCompared > 25_000 && rowsCompared < 40_000, `${rowsCompared} rows compared`);
    t.same(warnings(request.events), []);
    const phase = request.events.find((event) => event.type === 'phase' && event.phase === 'verify');
    t.match(phase, { text: 'Comparing every row of the copy with the original' });
    const steps = request.events.flatMap((event) =>
      event.type === 'progress' && event.phase === 'verify' ? [event] : [],
    );
    for (const { rowsCopied = -1, rowsTotal = -1, percent = -1 } of steps) {
      t.ok(rowsCopied >= 0 && rowsCopied <= rowsTotal && percent >= 0 && percent < 100);
    }
    const percents = steps.map(({ percent = -1 }) => percent);
    t.same(
      percents,
      percents.toSorted((a, b) => a - b),
      'it never goes back',
    );
    t.equal(steps.at(-1)?.rowsCopied, rowsCompared);
  });

  t.test('--checksum off says so, and sample compares a part', async (t) => {
    const on = await stage(t, server, { rows: 8_000 });
    const off = on.request('MODIFY amount BIGINT', { ghost: { checksum: 'off' } });
    const unchecked = await resultOf(off);
    t.match(unchecked, { outcome: 'done', exitCode: 0, rowsCompared: undefined });
    t.match(warnings(off.events), ['The copy was not compared: --checksum is off.']);
    const sample = on.request('MODIFY amount INT', { ghost: { checksum: 'sample' } });
    t.match(await resultOf(sample), { outcome: 'done', exitCode: 0, rowsCompared: 2_000 });
    t.same(warnings(sample.events), []);
  });

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
        const emit = (event: Event) => {
          if (event.type === 'progress' && kills++ < 5) void kill(other, name);
        };
        const found = await differences({ ...held, context: { ...held.context, emit } });
        t.same(found, ['lost id=2999']);
      });

      await t.test('is not compared while gh-ost is told to wait, but afterwards', async (t) => {
        await held.ghost.command('throttle');
        let ended = false;
        const steering = { cutOverAsked: false, paused: true };
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

/** A run whose copy is broken when a part of it is made: how it ends, and that nothing else has changed. */
async function broken(
  t: Test,
  on: Stage,
  breakIt: (other: Connection) => Promise<unknown>,
): Promise<StatementResult> {
  const before = await on.definition();
  const other = await on.schema.connect();
  let breaking: Promise<unknown> | undefined;
  const request = on.request('MODIFY amount BIGINT', {
    ghost: slow,
    emit: (event) => {
      if (event.type === 'progress' && event.phase === 'copy' && (event.rowsCopied ?? 0) >= 500) {
        breaking ??= breakIt(other).then(() => rowsOf(on));
      }
    },
  });
  const result = await resultOf(request);
  t.comment(JSON.stringify(result));
  const rows = await breaking;
  t.match(result, {
    outcome: 'verification-failed',
    exitCode: 8,
    reason: { id: 'copy-differs' },
    left: undefined,
    attempts: 0,
  });
  t.match(result.state, 'is as it was.');
  t.equal(await on.definition(), before);
  t.not(rows, undefined, 'it was broken on the way');
  t.equal(await rowsOf(on), rows, 'no row of the original was touched');
  t.same(await on.left(), []);
  return result;
}

async function rowsOf({ schema, table }: Stage): Promise<string> {
  const [row] = await schema.query<{ Checksum: number }>(`CHECKSUM TABLE ${table.name}`);
  return String(row?.Checksum);
}

function warnings(events: readonly Event[]): string[] {
  return events.flatMap((event) => (event.type === 'warning' ? [event.text] : []));
}

async function differences({ ghost, statement, context }: HeldCopy): Promise<string[]> {
  const check = await checkCopy(ghost, statement, context);
  return check.checked ? check.differences.map(({ what, key }) => `${what} ${key}`) : [check.why];
}

/** Ends the connection that compares the table just now. */
async function kill(other: Connection, table: string): Promise<void> {
  const [rows] = await other.query(
    "SELECT PROCESSLIST_ID AS id FROM performance_schema.threads WHERE PROCESSLIST_INFO LIKE ? AND PROCESSLIST_INFO LIKE '%EXISTS%' AND PROCESSLIST_ID<>CONNECTION_ID()",
    [`%_${table}_gho%`],
  );
  for (const { id } of rows as { id: number }[]) await other.query(`KILL ${id}`).catch(() => {});
}
