import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from './client.js';
import type { Stage } from './stage.js';

/** How old the transaction is when somebody wants to change the table. */
const oldMs = 2_000;

/**
 * Somebody has read a row of the table in a transaction, and does not come back for a while: no ALTER gets its
 * lock before that transaction ends.
 * @param openMs for how long it is open from then on
 */
export async function holdOpen<T>(
  { connection, signal }: Stage,
  openMs: number,
  meanwhile: () => Promise<T>,
): Promise<T> {
  return withClient(connection, signal, async (somebody) => {
    await somebody.ask('START TRANSACTION');
    await somebody.ask('SELECT * FROM shop.investments WHERE id=1');
    await sleep(oldMs, undefined, { signal });
    const backAgain = sleep(openMs, undefined, { signal }).then(() => somebody.ask('ROLLBACK'));
    const [ended, released] = await Promise.allSettled([meanwhile(), backAgain]);
    if (ended.status === 'rejected') throw ended.reason;
    if (released.status === 'rejected') throw released.reason;
    return ended.value;
  });
}
