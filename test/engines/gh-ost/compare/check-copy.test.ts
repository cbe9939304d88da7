import { readdir } from 'node:fs/promises';
import type { Connection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import type { Event } from '../../../../lib/documents/event.js';
import type { StatementResult } from '../../../../lib/documents/result.js';
import { Steering } from '../../../../lib/runs/steering.js';
import { forEachServer } from '../../../servers.js';
import { agrees, ghostsOn, privateTemp, resultOf, type Stage, stage } from '../../../support/ghost-stage.js';
import { asItWas } from '../../../support/texts.js';

const temp = privateTemp(t);
/** Slow enough to be broken on the way, when some chunks are copied and others are not. */
const slow = { chunkSize: 100, flags: ['--nice-ratio=30'] };

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.jobs = 3;
  const tests: Promise<unknown>[] = [];
  /** Each has a table of its own. */
  const beside = (name: string, body: (t: Test) => Promise<unknown>) =>
    tests.push(t.test(name, { buffered: true }, async (t) => void (await body(t))));

  beside('a row that is deleted, changed, added, or different to the eye only', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
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
    t.equal(result.rowsCompared, 3_000);
  });

  beside('what sessions keep out of the binlog, write in part, or roll back when it is there', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
    const { name } = on.table;
    // A column that takes no NULL would end gh-ost itself.
    await on.schema.query(`ALTER TABLE ${name} DROP COLUMN more`);
    const result = await broken(t, on, async (other) => {
      await other.query("XA START 'aw'");
      await other.query(`INSERT INTO ${name} (id, code) VALUES (500000, 'phantom')`);
      await other.query("XA END 'aw'");
      await other.query("XA PREPARE 'aw'");
      await other.query("XA ROLLBACK 'aw'");
      await other.query('SET SESSION binlog_row_image=MINIMAL');
      await other.query(`UPDATE ${name} SET amount=amount+1 WHERE id=4`);
      await other.query('SET SESSION sql_log_bin=0');
      await other.query(`UPDATE ${name} SET amount=amount+1 WHERE id=2`);
      await other.query(`DELETE FROM ${name} WHERE id=3`);
    });
    // Half a row has no key: it is given the next one.
    const expected = [
      'id=2 (lost)',
      'id=4 (lost)',
      'id=3 (surplus)',
      'id=500000 (surplus)',
      'id=500001 (surplus)',
    ];
    t.same(result.samples, expected);
  });

  beside('a table that is emptied while it is copied', async (t) => {
    const on = await stage(t, server, { rows: 3_000 });
    const result = await broken(t, on, (other) => other.query(`TRUNCATE ${on.table.name}`));
    t.equal(result.samples?.length, 5);
    t.match(result.samples, [/^id=\d+ \(surplus\)$/]);
  });

  beside('a heavy load is no difference, and the comparison tells how far it is', async (t) => {
    const on = await stage(t, server, { rows: 20_000 });
    const load = await on.load({ perSecond: 300 });
    const request = on.request('MODIFY amount BIGINT');
    const result = await resultOf(request);
    const report = await load.stop();
    t.match(result, { outcome: 'done', exitCode: 0 });
    t.match(await on.compare(report), agrees);
    const { rowsCompared = 0 } = result;
    t.ok(rowsCompared > 15_000 && rowsCompared < 30_000, `${rowsCompared} rows compared`);
    t.same(warnings(request.events), []);
    const phase = request.events.find((event) => event.type === 'phase' && event.phase === 'verify');
    t.match(phase, { text: 'Comparing every row of the shadow table with the original' });
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

  beside('--checksum off says so, and sample compares a part', async (t) => {
    const on = await stage(t, server, { rows: 8_000 });
    const off = on.request('MODIFY amount BIGINT', { ghost: { checksum: 'off' } });
    const unchecked = await resultOf(off);
    t.match(unchecked, { outcome: 'done', exitCode: 0, rowsCompared: undefined });
    t.match(warnings(off.events), ['The shadow table was not compared: --checksum is off.']);
    const sample = on.request('MODIFY amount INT', { ghost: { checksum: 'sample' } });
    t.match(await resultOf(sample), { outcome: 'done', exitCode: 0, rowsCompared: 2_000 });
    t.same(warnings(sample.events), []);
  });

  await Promise.all(tests);
  t.same(await readdir(temp), [], 'none of them left a folder');
});

/**
 * A run whose copy is broken when a part of it is made: how it ends, and that nothing else has changed. It is paused
 * meanwhile, so that gh-ost has applied what it hears of this before it copies the rest.
 */
async function broken(
  t: Test,
  on: Stage,
  breakIt: (other: Connection) => Promise<unknown>,
): Promise<StatementResult> {
  const before = await on.definition();
  const other = await on.schema.connect();
  const steering = new Steering();
  let breaking: Promise<string> | undefined;
  const breakPaused = async () => {
    await steering.controls?.pause();
    await breakIt(other);
    const rows = await rowsOf(on);
    await steering.controls?.set({ niceRatio: 0 });
    await steering.controls?.resume();
    return rows;
  };
  const request = on.request('MODIFY amount BIGINT', {
    ghost: slow,
    steering,
    emit: (event) => {
      if (event.type === 'progress' && event.phase === 'copy' && (event.rowsCopied ?? 0) >= 500) {
        breaking ??= breakPaused();
      }
    },
  });
  const result = await resultOf(request);
  const rows = await breaking;
  t.match(result, {
    outcome: 'verification-failed',
    exitCode: 8,
    reason: { id: 'copy-differs' },
    left: undefined,
    attempts: 0,
  });
  t.match(result.state, asItWas);
  t.equal(await on.definition(), before);
  t.not(rows, undefined, 'it was broken on the way');
  t.equal(await rowsOf(on), rows, 'no row of the original was touched');
  t.same([...(await on.beside()), ...(await ghostsOn(on.schema.name))], []);
  return result;
}

async function rowsOf({ schema, table }: Stage): Promise<string> {
  const [row] = await schema.query<{ Checksum: number }>(`CHECKSUM TABLE ${table.name}`);
  return String(row?.Checksum);
}

function warnings(events: readonly Event[]): string[] {
  return events.flatMap((event) => (event.type === 'warning' ? [event.text] : []));
}
