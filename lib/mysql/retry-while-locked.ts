import pRetry from 'p-retry';
import { isLockWaitTimeout } from './errors.js';

interface RetryOptions {
  /** `--lock-budget`: for all attempts and the pauses between them. */
  budgetMs: number;
  signal: AbortSignal;
  /** Whether an error means that a lock was not free. */
  isLocked?(error: unknown): boolean;
  /** Called after each unsuccessful attempt that is followed by another. @param attempt the first is 1 */
  onRetry?(attempt: number, error: unknown): void;
}

/**
 * Retries until a lock is free, with growing pauses that let through those who queue behind an attempt. The result of an
 * attempt counts even if the signal fired meanwhile.
 * @throws what the last attempt threw, even if the signal ends a pause
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
        onRetry(attemptNumber, error);
        return true;
      },
    });
  } catch (error) {
    if (ended !== undefined) return ended.value; // p-retry discards it once the signal has fired
    throw signal.aborted && last !== undefined ? last : error;
  }
}
