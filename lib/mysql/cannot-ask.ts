import { Fault } from '../fault.js';
import { isConnectionGone, isServerError } from './errors.js';

/**
 * Whether a look at the server failed for what the server, the network or the account is now, and not for a defect: it
 * refused, the connection was lost, or there was none to be had.
 */
export function cannotAsk(error: unknown): boolean {
  return error instanceof Fault || isServerError(error) || isConnectionGone(error);
}
