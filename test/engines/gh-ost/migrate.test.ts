import t, { type Test } from 'tap';
import type { Progress } from '../../../lib/documents/event.js';
import { forEachServer } from '../../servers.js';
import { agrees, type GhostRequest, privateTemp, resultOf, stage } from '../../support/ghost-stage.js';

privateTemp(t);
const small = { chunkSize: 50 };

await forEachServer(t, ['mysql-9.7'], async (t, server) => {
  t.test('a retype under a steady load loses nothing and leaves nothing', async (t) => {
    const on = await stage(t, server, { rows: 40_000 });
    const before = await on.definition();
    const load = await on.load({ perSecond: 200 });
    const request = on.request('MODIFY amount BIGINT', { ghost: small });
    const result = await resultOf(request);
    const report = await load.stop();
    t.match(result, { outcome: 'done', exitCode: 0, strategy: 'gh-ost', reason: { id: 'done' } });
    t.equal(await on.definition(), before.replace('`amount` int', '`amount` bigint'));
    t.match(await on.compare(report), agrees);
    t.same(await on.left(), [result.oldTable]);
    t.match(result.next, 'alterwise revert');
    t.ok((result.rowsCopied ?? 0) >= 39_000, `${result.rowsCopied} rows copied`);
    const longest = report.longestStallMs ?? 0;
    t.ok(longest < 20_000, `the longest stall is ${Math.round(longest)} ms`);
    progressMakesSense(t, request, 40_000);
  });

  t.test('renamed columns keep their values, and the old tables of two changes are kept', async (t) => {
    const on = await stage(t, server);
    const load = await on.load();
    const first = await resultOf(on.request('RENAME COLUMN amount TO total'));
    t.match(first, { outcome: 'done', exitCode: 0 });
    t.match(await on.definition(), /`total` int DEFAULT NULL/);
    const second = await resultOf(on.request("CHANGE total amount BIGINT COMMENT 'in cents', ADD KEY (day)"));
    t.match(second, { outcome: 'done', exitCode: 0 });
    t.match(await on.definition(), /`amount` bigint DEFAULT NULL COMMENT 'in cents'/);
    const report = await load.stop();
    t.match(report, { failed: 0 });
    t.match(await on.compare(report), agrees);
    t.not(first.oldTable, second.oldTable);
    t.same(await on.left(), [first.oldTable, second.oldTable]);
  });

  t.test('a copy that is throttled says why, and goes on afterwards', async (t) => {
    const on = await stage(t, server, { rows: 5_000 });
    await on.schema.query('CREATE TABLE gate (closed INT)');
    await on.schema.query('INSERT INTO gate VALUES (1)');
    const reasons: string[] = [];
    const request = on.request('MODIFY amount BIGINT', {
      ghost: { throttleQuery: `SELECT closed FROM ${on.schema.name}.gate` },
      emit: (event) => {
        if (event.type !== 'progress' || event.throttled === undefined) return;
        t.equal(event.etaMs, undefined, 'while it stands still nobody knows for how long');
        reasons.push(event.throttled);
        if (reasons.length === 3) on.schema.query('UPDATE gate SET closed=0').catch(t.fail);
      },
    });
    const result = await resultOf(request);
    t.match(
      result,
      { outcome: 'done', exitCode: 0 },
      JSON.stringify(request.events.filter(({ type }) => type === 'warning')),
    );
    t.ok(reasons.length >= 3);
    t.same(new Set(reasons), new Set(['throttle-query']));
  });

  t.test('FORCE: the same definition, another table', async (t) => {
    const on = await stage(t, server, { rows: 2_000 });
    const before = await on.definition();
    const result = await resultOf(on.request('FORCE'));
    t.match(result, { outcome: 'done', exitCode: 0 });
    t.equal(await on.definition(), before);
    t.same(await on.left(), [result.oldTable]);
  });
});

/** gh-ost itself prints `n/0 100.0%; ETA: due` on this server from its first line on. */
function progressMakesSense(t: Test, { events }: GhostRequest, rows: number): void {
  const progress = events.flatMap((event): Progress[] =>
    event.type === 'progress' && event.phase === 'copy' ? [event] : [],
  );
  t.ok(progress.length >= 3, `${progress.length} times told`);
  for (const { rowsTotal = 0, percent = -1, rowsCopied = -1, etaMs, rowsPerSecond } of progress) {
    t.ok(Math.abs(rowsTotal - rows) < rows / 20, `${rowsTotal} rows in all`);
    t.ok(
      percent >= 0 && percent < 100 && Math.abs(percent - Math.min(99, (100 * rowsCopied) / rowsTotal)) < 2,
    );
    t.ok(rowsPerSecond === undefined || rowsPerSecond <= 200_000);
    if (etaMs === undefined) continue;
    const leftRows = rowsTotal - rowsCopied;
    t.ok(
      Math.abs((etaMs * (rowsPerSecond ?? 0)) / 1_000 - leftRows) <=
        leftRows / 50 + 1 + (rowsPerSecond ?? 0) / 1_000,
      `${etaMs} ms left`,
    );
  }
  const percents = progress.map(({ percent = -1 }) => percent);
  t.same(
    percents,
    percents.toSorted((a, b) => a - b),
    'it never goes back',
  );
  t.ok(progress.some(({ eventsApplied = 0 }) => eventsApplied > 0));
  t.ok(progress.some(({ etaMs, rowsPerSecond }) => etaMs !== undefined && rowsPerSecond !== undefined));
}
