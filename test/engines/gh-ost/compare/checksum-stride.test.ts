import t from 'tap';
import {
  forecastMs,
  sampleStride,
  strideFor,
} from '../../../../lib/engines/gh-ost/compare/compare-shadow.js';

t.test('all rows are compared if that is predicted to take at most half an hour', async (t) => {
  t.equal(strideFor('auto', forecastMs(180_000_000, 80e9)), 1);
  t.equal(strideFor('auto', forecastMs(180_000_001, 80e9)), sampleStride);
  t.equal(strideFor('auto', forecastMs(1_000, 91e9)), sampleStride, 'of wide rows');
  t.equal(strideFor('auto', forecastMs(undefined)), sampleStride, 'of rows that nobody has counted');
});

t.test('who asks for all rows or for a part is given it', async (t) => {
  t.equal(strideFor('full', forecastMs(1e12)), 1);
  t.equal(strideFor('sample', forecastMs(10)), sampleStride);
});
