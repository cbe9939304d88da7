import { setTimeout as sleep } from 'node:timers/promises';
import { installGhost } from '../../lib/ghost/binary/install.js';
import type { GhostContext } from '../../lib/ghost/flight.js';
import { withRunFolder } from '../../lib/ghost/process/run-folder.js';
import { launch, type RunningGhost } from '../../lib/ghost/process/running.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { withSession } from '../../lib/mysql/session.js';
import { metadataLocks, withSwitchedOn } from '../../lib/mysql/switched-on.js';
import type { PlannedAlter, TableName } from '../../lib/plan/plan.js';
import type { Event } from '../../lib/progress/event.js';
import type { Settings } from '../../lib/settings/settings.js';

export interface HeldCopy {
  ghost: RunningGhost;
  statement: PlannedAlter;
  context: GhostContext;
}

/** A change that nobody has planned: only what gh-ost and the comparison ask of it. */
export function unplanned(table: TableName, spec: string): PlannedAlter {
  return {
    kind: 'alter',
    sql: `ALTER TABLE ${table.name} ${spec}`,
    table,
    spec,
    strategy: 'gh-ost',
    class: 'copy',
    reasons: [],
    rejected: [],
    estimate: { rough: true },
    checks: [],
    sentence: '',
    promise: { before: '', ordered: true, renames: [] },
    fingerprint: '',
  };
}

/** A real gh-ost whose copy is complete, and which postpones its swap until `use` is over; then it is ended. */
export async function withHeldCopy<T>(
  settings: Settings,
  statement: PlannedAlter,
  { signal, emit = () => {} }: { signal: AbortSignal; emit?: (event: Event) => void },
  use: (held: HeldCopy) => Promise<T>,
): Promise<T> {
  const { path, version } = await installGhost();
  const server = await withSession(settings.connection, {}, inspectServer);
  const context: GhostContext = { settings, server, ghost: { path, version }, emit, signal };
  return withSwitchedOn(settings.connection, metadataLocks, () =>
    withRunFolder(async (folder) => {
      const ghost = await launch(statement, context, folder);
      try {
        while ((await ghost.status())?.state !== 'postponing-cut-over') {
          if (ghost.exit() !== undefined) throw new Error(ghost.story.fatal ?? ghost.lastWords());
          await sleep(200, undefined, { signal });
        }
        return await use({ ghost, statement, context });
      } finally {
        ghost.signal('SIGKILL');
        await ghost.exited;
      }
    }),
  );
}
