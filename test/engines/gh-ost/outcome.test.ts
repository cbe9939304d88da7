import t from 'tap';
import type { GhostEnd } from '../../../lib/engines/gh-ost/flight.js';
import { ghostOutcome } from '../../../lib/engines/gh-ost/outcome.js';
import type { TableState } from '../../../lib/verify/definition.js';
import { ghostStatement } from '../../fixtures/plans.js';

const timing = { startedAt: '2026-11-29T00:00:00.000Z', durationMs: 1 };
const revert = {
  ...ghostStatement,
  revertTo: { name: '_orders_20261129000000_del', coordinates: 'uuid:1-5' },
};

function outcomeOf(end: GhostEnd, state: TableState['state'], statement = ghostStatement) {
  return ghostOutcome(statement, end, { state } as TableState, timing);
}

t.test('a copy that could not be compared, as was asked, is no failure of gh-ost', async (t) => {
  const end = { end: 'not-compared', text: 'it took too long', attempts: 0, left: [] } as const;
  t.match(outcomeOf(end, 'as-before'), {
    outcome: 'verification-failed',
    exitCode: 8,
    reason: { id: 'not-compared', text: /was not swapped: it took too long/ },
    state: /is as it was/,
    next: /--checksum auto/,
  });
});

t.test('a revert that gh-ost cannot make says that a statement can', async (t) => {
  const failed = { end: 'failed', text: 'args count differs', attempts: 0, left: [] } as const;
  const unequal = { end: 'unequal', differences: [], attempts: 0, left: [] } as const;
  for (const end of [failed, unequal]) {
    t.match(outcomeOf(end, 'as-before', revert), { next: /alterwise revert with --strategy direct/ });
    t.notMatch(outcomeOf(end, 'as-before').next, 'revert');
  }
});

t.test('rows that a TRUNCATE took away are back, and a revert would not let them go', async (t) => {
  const end = {
    end: 'swapped',
    oldTable: '_orders_20261129000000_del',
    whole: true,
    late: 'emptied',
    attempts: 1,
    left: [],
  } as const;
  const result = outcomeOf(end, 'as-promised');
  t.match(result, { exitCode: 8, reason: { id: 'original-changed' }, next: /by RENAME TABLE/ });
  t.notMatch(result.next, 'alterwise revert');
});
