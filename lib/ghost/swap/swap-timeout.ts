import type { Closed } from '../../cutover/gate.js';
import type { Blocker } from '../../inspect/blockers.js';
import { killAdvice } from '../../plan/kill-advice.js';
import type { Reason } from '../../plan/plan.js';

/** Why a complete copy was not swapped within the time that it may wait, and what to do next time. */
export function swapTimeout(
  { id, text }: Closed,
  blockers: readonly Blocker[],
): { reason: Reason; next: string } {
  const reason = {
    id,
    text: `The time for the swap (--cut-over-wait) was over while the complete copy waited for ${text}.`,
  };
  return { reason, next: nextAfter(id, blockers) };
}

function nextAfter(id: Closed['id'], blockers: readonly Blocker[]): string {
  switch (id) {
    case 'cut-over-manual':
      return 'Run it again, and say alterwise cut-over when the copy is complete, or give it a longer --cut-over-wait.';
    case 'cut-over-window':
      return 'Run it again with a --cut-over-wait that reaches into the window, or with another --cut-over-window.';
    case 'cut-over-gate':
      return 'Find out why the command of --cut-over-gate says no, then run it again.';
    case 'cut-over-paused':
      return 'Run it again, and let it go on in time: alterwise resume.';
    case 'cut-over-lag':
      return 'Run it again when the server has less to do, or with a larger --dml-batch-size.';
    case 'stall-budget':
      return killAdvice(blockers, '--stall-budget-total');
    case 'cut-over-lock-timeout':
      return killAdvice(blockers, '--cut-over-wait');
  }
}
