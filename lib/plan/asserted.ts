import type { AlterStatement } from '../sql/statement.js';
import type { Reason } from './plan.js';

const algorithms = ['INSTANT', 'NOCOPY', 'INPLACE', 'COPY'];
const locks = ['NONE', 'SHARED', 'EXCLUSIVE'];

/**
 * A user's own ALGORITHM and LOCK say the most that the change may cost. What the probe found may be cheaper,
 * never dearer.
 * @param clause what the probe found; absent where the server takes no clause
 */
export function contradiction(
  asserted: AlterStatement['asserted'],
  clause: string | undefined,
): Reason | undefined {
  const { algorithm, lock } = asserted;
  const said = [algorithm && `ALGORITHM=${algorithm}`, lock && `LOCK=${lock}`].filter(Boolean).join(', ');
  if (!isKnown(algorithms, algorithm) || !isKnown(locks, lock)) {
    return { id: 'asserted-clause', text: `The statement says ${said}, which no server knows.` };
  }
  const found = {
    algorithm: /ALGORITHM=(\w+)/.exec(clause ?? '')?.[1] ?? 'COPY',
    lock: /LOCK=(\w+)/.exec(clause ?? '')?.[1] ?? 'NONE',
  };
  if (!isDearer(algorithms, found.algorithm, algorithm) && !isDearer(locks, found.lock, lock))
    return undefined;
  return {
    id: 'asserted-clause',
    text: `The statement says ${said}, and the server cannot do it so: the cheapest it can is ${clause ?? 'without a clause'}.`,
  };
}

function isKnown(words: readonly string[], asserted: string | undefined): boolean {
  return asserted === undefined || asserted === 'DEFAULT' || words.includes(asserted);
}

function isDearer(order: readonly string[], found: string, asserted: string | undefined): boolean {
  const limit = order.indexOf(asserted ?? 'DEFAULT'); // DEFAULT, or none: no limit
  return limit >= 0 && order.indexOf(found) > limit;
}
