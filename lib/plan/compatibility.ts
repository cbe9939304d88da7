import type { ChangeFacts } from './checks/check-facts.js';
import type { Compatibility } from './plan.js';

/** What a change means for the application that is deployed before or after it. Pure. */
export function compatibility({ probe }: ChangeFacts): Compatibility {
  const reasons = probe.difference.columnsDropped.map(({ name }) => ({
    id: 'column-gone',
    text: `${name} is gone.`,
  }));
  return {
    previousOnNew: { works: reasons.length === 0 ? 'yes' : 'no', reasons },
    newOnPrevious: { works: 'maybe', reasons: [] },
    steps: [],
  };
}
