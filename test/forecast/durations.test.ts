import t from 'tap';
import { engines } from '../../lib/engines/list.js';
import { predictDurations } from '../../lib/forecast/predict.js';
import type { ServerFacts } from '../../lib/inspect/server.js';
import type { TableFacts } from '../../lib/inspect/table.js';
import { estimate } from '../../lib/plan/estimate.js';
import type { Choice } from '../../lib/plan/first-choice.js';
import type { Settings } from '../../lib/settings/settings.js';

const mysql = { flavor: 'mysql' } as ServerFacts;
const mariadb = { flavor: 'mariadb' } as ServerFacts;
const exactly = (count: number) => ({ count, exact: true });
/** 330 bytes a row, as the table was that the rates come from. */
const sizeOf = (rows: number) => ({ dataBytes: rows * 220, indexBytes: rows * 110 });

/** Seconds that were measured for a million rows; those of gh-ost with its own beginning and end. */
const measured = [
  { server: mysql, scan: 2.8, rebuild: 12, copy: 24, 'gh-ost': 44 },
  { server: mariadb, scan: 1.4, rebuild: 4.2, copy: 11, 'gh-ost': 25 },
] as const;

t.test('what was measured lies within what is predicted', async (t) => {
  for (const { server, ...seconds } of measured) {
    const predicted = predictDurations(server, sizeOf(1_000_000), exactly(1_000_000));
    for (const name of ['scan', 'rebuild', 'copy', 'gh-ost'] as const) {
      const range = predicted[name];
      const ms = seconds[name] * 1000;
      t.ok(
        range && range.low <= ms && ms <= range.high,
        `${server.flavor} ${name}: ${ms} in ${JSON.stringify(range)}`,
      );
    }
  }
});

t.test('what changes metadata only takes no longer on a large table', async (t) => {
  const [few, many] = [10, 1_000_000_000].map((rows) => predictDurations(mysql, sizeOf(rows), exactly(rows)));
  t.same(few?.instant, many?.instant);
  t.same(few?.metadata, many?.metadata);
  t.ok((few?.scan?.high ?? 0) < (many?.scan?.low ?? 0));
});

t.test('wide rows cost by their bytes, narrow ones by their number', async (t) => {
  const copy = (bytes: number) =>
    predictDurations(mysql, { dataBytes: bytes }, exactly(1_000_000)).copy?.high ?? 0;
  t.equal(copy(1_000_000), copy(330_000_000), 'narrow');
  t.ok(copy(3_300_000_000) > 9 * copy(330_000_000), 'wide');
});

t.test('where the rows are not known, neither is the duration', async (t) => {
  t.same(Object.keys(predictDurations(mysql, sizeOf(5), undefined)).sort(), ['instant', 'metadata']);
});

t.test('an estimate says what is known of the way that was chosen', async (t) => {
  const size = { dataBytes: 2_000_000, indexBytes: 1_000_000, fileBytes: 3_100_000 };
  const table = { rows: { count: 9_000, exact: false }, size } as TableFacts;
  const durations = predictDurations(mysql, size, table.rows);
  const known = { rows: 9_000, rowsExact: false, dataBytes: 2_000_000, indexBytes: 1_000_000, rough: true };
  const alone = { topology: { replicas: 0 } } as ServerFacts;
  const settings = { ghost: { cutOverLockTimeoutSeconds: 2, maxLagMs: 1_500 } } as Settings;
  const choice = (strategy: Choice['strategy'], costClass: Choice['class']): Choice => ({
    strategy,
    class: costClass,
    reasons: [],
    rejected: [],
  });
  const of = (...chosen: Parameters<typeof choice>) =>
    estimate(choice(...chosen), { durations }, { table, ...alone, ...settings, engines });

  const followed = { topology: { replicas: 2 } } as ServerFacts;
  const delay = (strategy: Choice['strategy'], { ghost }: Settings) =>
    estimate(choice(strategy, 'scan'), { durations }, { table, ...followed, ghost, engines }).replicaDelayMs;
  t.same(delay('inplace', settings), durations.scan, 'a replica begins an ALTER when it is over here');
  t.same(delay('gh-ost', settings), { low: 0, high: 1_500 });
  const unwatched = { ghost: { ...settings.ghost, throttleReplicas: [] } } as unknown as Settings;
  t.equal(delay('gh-ost', unwatched), undefined, 'nobody knows where no replica is watched');
  t.same(of('instant', 'instant'), { ...known, durationMs: durations.instant });
  t.same(of('inplace', 'scan'), { ...known, durationMs: durations.scan });
  t.same(of('inplace', 'rebuild'), { ...known, durationMs: durations.rebuild, diskBytes: 3_100_000 });
  const stalls = { diskBytes: 3_100_000, writerStallMs: durations.copy?.high };
  t.same(of('copy', 'copy'), { ...known, durationMs: durations.copy, ...stalls });
  t.same(of('gh-ost', 'copy'), {
    ...known,
    durationMs: durations['gh-ost'],
    diskBytes: 3_100_000,
    binlogBytes: 2_000_000,
    writerStallMs: 4_000,
  });
  t.same(of('refuse', 'copy'), known);
  t.same(
    estimate(
      choice('gh-ost', 'copy'),
      { durations: {} },
      { table: { size: {} } as TableFacts, ...alone, ...settings, engines },
    ),
    {
      rough: true,
      writerStallMs: 4_000,
    },
  );
});
