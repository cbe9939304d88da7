import type { Session } from '../mysql/session.js';
import { type Before, isAsBefore, type Switch, switchBack } from '../mysql/switched-on.js';
import { hasRestartedSince } from '../mysql/uptime.js';
import type { KnownRun } from '../runs/list.js';
import type { Found } from './leftover.js';

/**
 * The record's time is by the clock of the machine on which the run was, which may be ahead of this one's by seconds.
 * In doubt a switch stays on: that costs a server little, and a gh-ost that needs it much.
 */
const clockSkewMs = 10_000;

/** Switches of performance_schema that dead runs have switched on, and nobody has put back. */
export async function foundSwitches(session: Session, runs: readonly KnownRun[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const { run, state, lines } of runs) {
    if (state === 'running' || state === 'elsewhere') continue;
    const open = new Map<string, { which: Switch; before: Before; at: string }>();
    for (const line of lines) {
      if (line.type === 'switched') open.set(line.which.name, line);
      if (line.type === 'switched-back') open.delete(line.which.name);
    }
    for (const { which, before, at } of open.values()) {
      // A restart has forgotten what a run had switched on: what is on since then is by somebody else's order.
      if (await hasRestartedSince(session, Date.now() - Date.parse(at) + clockSkewMs)) continue;
      if (await isAsBefore(session, which, before)) continue;
      found.push(switchedOn(session, which, before, run));
    }
  }
  return found;
}

function switchedOn(session: Session, which: Switch, before: Before, run: string): Found {
  return {
    leftover: {
      kind: 'setting',
      name: `performance_schema.${which.table} ${which.name}`,
      run,
      what: 'switched on for a run, and off before it',
      verdict: 'removable',
    },
    remove: async () => {
      if (!(await switchBack(session, which, before))) throw inUse();
    },
  };
}

function inUse(): Error {
  return Object.assign(new Error('a gh-ost needs it now'), { code: 'in-use' });
}
