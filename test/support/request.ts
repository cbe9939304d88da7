import { randomBytes } from 'node:crypto';
import type { Event } from '../../lib/documents/event.js';
import type { Request } from '../../lib/plan/request.js';
import type { Settings } from '../../lib/settings/settings.js';
import { parseStatements } from '../../lib/sql/parse.js';
import { type Account, settingsFor } from './settings.js';

export interface TestRequest extends Request {
  /** Everything that was emitted so far. */
  events: Event[];
}

/** A request as the command line would make it. */
export function requestFor(
  account: Account,
  sql: string,
  changes: Partial<Settings> = {},
  signal: AbortSignal = new AbortController().signal,
): TestRequest {
  const events: Event[] = [];
  return {
    run: `test-${randomBytes(6).toString('hex')}`,
    statements: parseStatements(sql),
    settings: settingsFor(account, changes),
    emit: (event) => void events.push(event),
    signal,
    events,
  };
}
