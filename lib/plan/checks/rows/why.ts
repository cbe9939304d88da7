import { isConnectionGone, isLockWaitTimeout, isServerError } from '../../../mysql/errors.js';
import { humanMs } from '../../human.js';
import { CutOff } from './reader.js';

/**
 * Why a question was not answered, as the rest of a sentence.
 * @throws what is neither the server's answer nor the end of the time
 */
export function whyUnfinished(error: unknown, limitMs: number): string {
  if (error instanceof CutOff) {
    return error.timeIsUp ? `the time for it, ${humanMs(limitMs)}, was up` : 'the statement was cut off';
  }
  if (isConnectionGone(error)) return 'the connection to the server was lost';
  if (isLockWaitTimeout(error)) return 'the table was locked by somebody';
  if (isServerError(error)) return `the server said: ${error.message}`;
  throw error;
}

/** The server can answer, but not this: another question may be answered well. */
export function isOfTheQuestion(error: unknown): boolean {
  return isServerError(error) && !isConnectionGone(error) && !isLockWaitTimeout(error);
}
