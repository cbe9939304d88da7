import t from 'tap';
import {
  cannotKeepUp,
  type PredictionBasis,
  predictDurations,
  predictFromSample,
} from '../../lib/forecast/predict.js';
import type { ServerFacts } from '../../lib/inspect/server.js';

const rows = 1_000_000;
const rates = predictDurations(
  { flavor: 'mysql' } as ServerFacts,
  { dataBytes: rows * 220, indexBytes: rows * 110 },
  { count: rows, exact: true },
);

/** 100,000 rows in five seconds by gh-ost; a rebuild of them in one. */
function from(changes: Partial<PredictionBasis> = {}): PredictionBasis {
  return {
    flavor: 'mysql',
    class: 'rebuild',
    sample: { ghost: { rows: 100_000, ms: 5_000 }, direct: [{ rows: 100_000, ms: 1_000 }] },
    rows,
    rowsKnown: true,
    largerThanMemory: false,
    rates,
    corrections: {},
    ...changes,
  };
}

const ratio = (range?: { low: number; high: number }) => (range ? range.high / range.low : 0);
const middle = (range?: { low: number; high: number }) => (range ? (range.low + range.high) / 2 : 0);

t.test('both ways are predicted from their samples, as a range of at most 2.5', async (t) => {
  const { rebuild, 'gh-ost': ghost, instant } = predictFromSample(from());
  t.ok(rebuild && rebuild.low < 10_000 && 10_000 < rebuild.high);
  t.ok(ghost && ghost.low < 50_000 && 50_000 < ghost.high);
  t.ok(ratio(rebuild) <= 2.5 && ratio(ghost) <= 2.5);
  t.same(instant, rates.instant, 'what costs nothing is not touched');
});

t.test('where the rows or the memory are not known to do, the range is wider', async (t) => {
  const sure = predictFromSample(from());
  for (const changes of [{ rowsKnown: false }, { largerThanMemory: true }]) {
    t.ok(ratio(predictFromSample(from(changes)).rebuild) > ratio(sure.rebuild));
  }
});

t.test('a way that was not sampled is derived from the one that was', async (t) => {
  const both = predictedBy({ ghost: { rows: 100_000, ms: 5_000 } });
  const slower = predictedBy({ ghost: { rows: 100_000, ms: 10_000 } });
  t.ok(middle(both.rebuild) < middle(both['gh-ost']), 'as general rates compare them');
  t.ok(middle(slower.rebuild) > 1.5 * middle(both.rebuild), 'on a slower server');
  const direct = predictedBy({ direct: [{ rows: 100_000, ms: 1_000 }] });
  t.ok(middle(direct['gh-ost']) > middle(direct.rebuild));
  t.ok(ratio(direct['gh-ost']) > ratio(direct.rebuild), 'less surely');
});

function predictedBy(sample: PredictionBasis['sample']) {
  return predictFromSample(from({ sample }));
}

t.test('writes of the application go before the copy', async (t) => {
  const idle = middle(predictFromSample(from({ writesPerSecond: 0 }))['gh-ost']);
  const busy = middle(predictFromSample(from({ writesPerSecond: 2_200 }))['gh-ost']);
  t.ok(busy > 1.8 * idle && busy < 2.2 * idle, 'half of the time is theirs');
  t.equal(
    middle(predictFromSample(from({ writesPerSecond: 2_200 })).rebuild),
    middle(predictFromSample(from()).rebuild),
    'the server itself lets them pass',
  );
  t.notOk(cannotKeepUp({ writesPerSecond: 2_200 }));
  t.ok(cannotKeepUp({ writesPerSecond: 4_300 }));
  const swamped = predictFromSample(from({ writesPerSecond: 4_300 }));
  t.equal(swamped['gh-ost'], undefined, 'a copy that cannot keep up has no end to predict');
  t.ok(swamped.rebuild);
});

t.test('earlier runs correct the way that they took', async (t) => {
  const plain = predictFromSample(from());
  const corrected = predictFromSample(from({ corrections: { 'gh-ost': { factor: 1.5, runs: 4 } } }));
  t.ok(Math.abs(middle(corrected['gh-ost']) / middle(plain['gh-ost']) - 1.5) < 0.01);
  t.same(corrected.rebuild, plain.rebuild);
});

t.test('a sample into which no row went says nothing', async (t) => {
  t.same(predictFromSample(from({ sample: { ghost: { rows: 0, ms: 900 } } })), rates);
});
