import t from 'tap';
import { extrapolate } from '../../lib/forecast/predict.js';

const close = (a: number | undefined, b: number) => a !== undefined && Math.abs(a - b) < 1e-6 * b;

t.test('two sizes tell a fixed cost from that of a row', async (t) => {
  const timed = [
    { rows: 25_000, ms: 150 },
    { rows: 100_000, ms: 450 },
  ];
  t.ok(close(extrapolate(timed, 1_000_000, 0), 50 + 4_000), 'the line through both');
  t.ok(close(extrapolate([...timed].reverse(), 1_000_000, 0), 50 + 4_000), 'in any order');
  t.ok(close(extrapolate(timed, 100_000, 0.5), 450), 'a table of the size of the sample is not dearer');
  t.ok(close(extrapolate(timed, 400_000, 0.1), 50 + 1_600 * 1.2), 'dearer each time it is twice as large');
});

t.test('one size, and two that contradict each other, are taken by their rows', async (t) => {
  t.equal(extrapolate([{ rows: 1_000, ms: 10 }], 5_000, 0), 50);
  const odd = [
    { rows: 25_000, ms: 900 },
    { rows: 100_000, ms: 400 },
  ];
  t.equal(extrapolate(odd, 200_000, 0), 800, 'more rows took less time: the larger counts');
  const alike = [
    { rows: 90_000, ms: 300 },
    { rows: 100_000, ms: 500 },
  ];
  t.ok(close(extrapolate(alike, 180_000, 0), 600), 'of the same size the quicker one counts');
});

t.test('a mishap of one sample does not make the forecast', async (t) => {
  const timed = [
    { rows: 25_000, ms: 150 },
    { rows: 50_000, ms: 1_900 },
    { rows: 49_000, ms: 246 },
  ];
  t.ok(close(extrapolate(timed, 1_000_000, 0), 50 + 4_000));
});

t.test('a fixed cost is never below nothing, nor all there is', async (t) => {
  const steep = [
    { rows: 25_000, ms: 10 },
    { rows: 100_000, ms: 400 },
  ];
  t.equal(extrapolate(steep, 1_000_000, 0), 4_000);
  const flat = [
    { rows: 25_000, ms: 990 },
    { rows: 100_000, ms: 1_000 },
  ];
  t.ok(close(extrapolate(flat, 1_000_000, 0), 150 + 8_500), 'noise in the small one');
});

t.test('where nothing was timed nothing is predicted', async (t) => {
  t.equal(extrapolate([], 1_000, 0), undefined);
  t.equal(extrapolate([{ rows: 0, ms: 5 }], 1_000, 0), undefined);
});
