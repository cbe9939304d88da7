import t from 'tap';
import { type DirectEnd, decide, type SeenState } from '../../../lib/engines/direct/outcome.js';
import { instantStatement } from '../../fixtures/plans.js';
import { asItWas } from '../../support/texts.js';

const timing = { startedAt: '2026-11-29T00:00:00.000Z', durationMs: 1 };
const figures = { attempts: 1, longestWaitMs: 0, statementMs: 1, ended: [] };
const promise = { ...instantStatement.promise, before: 'before', after: 'after' };
const outcomeOf = (end: DirectEnd, state: SeenState['state']) =>
  decide({ ...instantStatement, promise }, end, { state } as SeenState, timing, false);

t.test('an ALTER that is done, and of which nothing is seen, is not told as done', async (t) => {
  t.match(outcomeOf({ ...figures, end: 'done', affectedRows: 0 }, 'as-before'), {
    outcome: 'verification-failed',
    exitCode: 8,
    state: asItWas,
  });
  t.match(outcomeOf({ ...figures, end: 'done', affectedRows: 0 }, 'as-promised'), { outcome: 'done' });
});

t.test('an ALTER that runs on without its client is named', async (t) => {
  const lost = { ...figures, end: 'lost', connectionId: 7, error: new Error('gone') } as const;
  t.match(outcomeOf(lost, 'still-running'), {
    outcome: 'unknown',
    exitCode: 9,
    next: /KILL QUERY 7 stops it/,
  });
});
