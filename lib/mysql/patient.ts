import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../fault.js';
import type { ConnectionSettings } from '../settings/settings.js';
import { isConnectionLost } from './errors.js';
import { type Session, type SessionOptions, withSession } from './session.js';

/**
 * A session for the look after an accident: the server may be restarting, so it is asked again each second.
 * `use` may run more than once.
 * @returns undefined where the server could not be asked within the limit
 */
export async function withPatientSession<T>(
  settings: ConnectionSettings,
  options: SessionOptions & { limitMs: number; signal?: AbortSignal },
  use: (session: Session) => Promise<T>,
): Promise<T | undefined> {
  const start = performance.now();
  for (;;) {
    try {
      return await withSession(settings, options, use);
    } catch (error) {
      const gone = isConnectionLost(error) || (error instanceof Fault && error.id === 'unreachable');
      if (!gone) throw error;
      if (performance.now() - start > options.limitMs) return undefined;
      await sleep(1_000, undefined, options.signal && { signal: options.signal });
    }
  }
}
