import pRetry from 'p-retry';
import { isLockWaitTimeout } from './errors.js';

interface RetryOptions {
  /** `--lock-budget`: of all attempts, the pauses between them included. */
  budgetMs: number;
  signal: AbortSignal;
  /** Which errors say that a lock was not free. */
  isLocked?(error: unknown): boolean;
  /** Told of each attempt after which there is another. @param attempt the first is 1 */
  onRetry?(attempt: number): void;
}

/**
 * Tries to get a lock until it is free, with pauses that grow, in which those who wait behind each attempt get through.
 * What an attempt came to is told also where the signal fired meanwhile.
 * @throws what the last attempt threw, also where the signal ends a pause
 */
export async function retryWhileLocked<T>(
  attempt: () => Promise<T>,
  { budgetMs, signal, isLocked = isLockWaitTimeout, onRetry = () => {} }: RetryOptions,
): Promise<T> {
  const start = performance.now();
  let last: unknown;
  let ended: { value: T } | undefined;
  const one = async () => {
    ended = { value: await attempt() };
    return ended.value;
  };
  try {
    return await pRetry(one, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 500,
      maxTimeout: 4_000,
      factor: 1.7,
      randomize: true,
      maxRetryTime: budgetMs,
      signal,
      shouldRetry: ({ error, attemptNumber }) => {
        last = error;
        if (!isLocked(error) || signal.aborted || performance.now() - start >= budgetMs) return false;
        onRetry(attemptNumber);
        return true;
      },
    });
  } catch (error) {
    if (ended !== undefined) return ended.value; // p-retry throws it away once the signal has fired
    throw signal.aborted && last !== undefined ? last : error;
  }
}
