import type { Event } from '../../lib/documents/event.js';
import type { PlannedAlter } from '../../lib/documents/plan.js';
import { installGhost } from '../../lib/engines/gh-ost/binary/install.js';
import { decisionsFrom, type GhostContext } from '../../lib/engines/gh-ost/context.js';
import { launch, type RunningGhost } from '../../lib/engines/gh-ost/process/running.js';
import { inspectServer } from '../../lib/inspect/server.js';
import { metadataLocks, withSwitchedOn } from '../../lib/mysql/instruments.js';
import { withSession } from '../../lib/mysql/session.js';
import type { Settings } from '../../lib/settings/settings.js';
import type { TableName } from '../../lib/sql/names.js';
import { withRunFolder } from '../../lib/util/private-folder.js';
import { until } from './until.js';

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
  const decisions = decisionsFrom(settings);
  const context: GhostContext = { settings, decisions, server, ghost: { path, version }, emit, signal };
  return withSwitchedOn(settings.connection, metadataLocks, () =>
    withRunFolder(async (folder) => {
      const ghost = await launch(statement, context, folder);
      try {
        const isPostponing = async () => {
          if (ghost.exit() !== undefined) throw new Error(ghost.log.fatal ?? ghost.lastWords());
          signal.throwIfAborted();
          return (await ghost.status())?.state === 'postponing-cut-over';
        };
        await until('gh-ost postpones its cut-over', isPostponing, { limitMs: 120_000, everyMs: 100 });
        return await use({ ghost, statement, context });
      } finally {
        ghost.signal('SIGKILL');
        await ghost.exited;
      }
    }),
  );
}
