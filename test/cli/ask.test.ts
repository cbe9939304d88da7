import t from 'tap';
import { confirmation } from '../../lib/cli/ask.js';
import { review } from '../../lib/plan/review.js';
import { fakeIo } from '../fixtures/io.js';
import { ghostStatement, instantStatement, planOf } from '../fixtures/plans.js';

t.test(
  'the table that is asked for is the one that has to be reviewed, and not one that is called alike',
  async (t) => {
    const small = { ...instantStatement, table: { schema: 'shop', name: 'order' } };
    const made = planOf(small, ghostStatement);
    const plan = { ...made, review: review(made.statements, 500_000) };
    const answer = async (stdin: string) => {
      const io = fakeIo({ stdin });
      Object.assign(io.stdin, { isTTY: true });
      Object.assign(io.stderr, { isTTY: true });
      return confirmation(io)?.(plan, new AbortController().signal);
    };
    t.equal(await answer('orders\n'), true);
    t.equal(await answer('order\n'), false);
  },
);
