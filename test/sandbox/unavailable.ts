import { exitCodes } from '../../lib/exit-code.js';
import { Fault } from '../../lib/fault.js';

/** A throwaway server that cannot be had on this machine, and why. */
export class ServerUnavailable extends Fault {
  readonly kind: string;
  readonly reason: string;

  constructor(kind: string, reason: string, cause?: unknown) {
    super(`${kind} cannot be had here: ${reason}`, {
      id: 'server-unavailable',
      exitCode: exitCodes.environment,
      next: 'Name a server in ALTERWISE_SANDBOX_URL, or put mysqld or mariadbd on PATH.',
      cause,
    });
    this.kind = kind;
    this.reason = reason;
  }
}
