import t from 'tap';
import type { Blocker } from '../../lib/documents/result.js';
import { killAdvice } from '../../lib/text/blockers.js';

t.test('who holds the lock may be killed, who waits for it may not', async (t) => {
  const blockers: Blocker[] = [
    { connectionId: 42, role: 'holds' },
    { connectionId: 43, role: 'waits' },
    { connectionId: 44, role: 'suspect' },
  ];
  const advice = killAdvice(blockers);
  t.match(advice, 'KILL 42; KILL 44');
  t.notMatch(advice, '43');
  t.notMatch(killAdvice([{ connectionId: 43, role: 'waits' }]), 'KILL');
});
