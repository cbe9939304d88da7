import type { Blocker } from '../inspect/blockers.js';
import type { ServerFacts } from '../inspect/server.js';
import { withPatientSession } from '../mysql/patient.js';
import type { TableName } from '../plan/plan.js';
import { tableLabel } from '../plan/table-label.js';
import type { Emit } from '../progress/event.js';
import type { ConnectionSettings } from '../settings/settings.js';
import type { BlockerEnder } from './end-blockers.js';
import type { Gate } from './gate.js';
import { waitUntilQuiet } from './quiet.js';

export interface QuietGateOptions {
  /** A transaction that comes later and is younger is outwaited by the attempt itself. */
  olderThanMs: number;
  /** How long to wait, in all, for those of whom it is not known whether they hold the table. */
  doubtMs: number;
  /** How long a look that begins now may wait for the table to be quiet. */
  lookMs: () => number;
  emit: Emit;
  signal: AbortSignal;
  /** Absent: nobody's connection is ended. */
  ender?: BlockerEnder;
}

/** Nobody holds the table for long, and nobody queues for it: to join would make all who come later queue as well. */
export function quietGate(
  connection: ConnectionSettings,
  server: ServerFacts,
  table: TableName,
  { olderThanMs, doubtMs, lookMs, emit, signal, ender }: QuietGateOptions,
): Gate {
  let waitedMs = 0;
  return async () => {
    const start = performance.now();
    const limitMs = lookMs();
    // A session of its own each time: a wait may take hours, and connections do not last that long.
    const found = await withPatientSession(connection, { limitMs, signal }, (session) =>
      waitUntilQuiet(session, server, table, {
        olderThanMs,
        limitMs,
        doubtMs: Math.max(0, doubtMs - waitedMs),
        signal,
        ...(ender && { onLook: (blockers) => ender.look(session, blockers) }),
        onBlockers: (blockers) => tell(table, emit, blockers),
      }),
    );
    waitedMs += performance.now() - start;
    if (found?.quiet) return undefined;
    const id = 'cut-over-lock-timeout';
    if (found === undefined) return { id, text: 'the server to answer' };
    return { id, text: textOf(found.blockers), blockers: found.blockers };
  };
}

const waitsFor = {
  holds: 'an old transaction on the table to end',
  waits: 'the queue for the table to go',
  suspect: 'old transactions to end, which may hold the table',
} as const;

/** Who holds it comes before who waits for it. */
function textOf([first]: readonly Blocker[]): string {
  return waitsFor[first?.role ?? 'holds'];
}

function tell(table: TableName, emit: Emit, blockers: readonly Blocker[]): void {
  const text = `The swap waits for ${textOf(blockers)}`;
  emit({ type: 'blockers', table: tableLabel(table), text, blockers });
}
