import t from 'tap';
import { review } from '../../lib/plan/review.js';
import { ghostStatement, setStatement, updateStatement } from '../fixtures/plans.js';

t.test('a large table wants a review, and so does a statement that looks at as many rows', async (t) => {
  t.match(review([setStatement, ghostStatement], 1000), {
    required: true,
    reasons: [
      { id: 'review-rows', text: /^shop\.orders has [\d,]+ rows, more than --review-rows \(1,000\)\.$/ },
    ],
  });
  t.match(review([updateStatement], 1000), {
    required: true,
    reasons: [{ text: 'UPDATE of shop.customers looks at 12,345 rows, more than --review-rows (1,000).' }],
  });
  t.same(review([updateStatement], 12_345), { required: false, reasons: [] });
});
