import type { PlannedAlter } from '../../documents/plan.js';
import { readPrivileges } from '../../inspect/privileges.js';
import { inspectTable } from '../../inspect/table.js';
import { withSession } from '../../mysql/session.js';
import { withScratch } from '../../probe/scratch.js';
import { tableLabel } from '../../sql/names.js';
import { normalizeDefinition } from '../../table/forms.js';
import { readDefinition } from '../../table/shape.js';
import type { GhostContext, GhostDecisions } from './context.js';
import { migrate } from './migrate.js';
import { type MigrationFacts, whyFailed } from './outcome.js';
import { shadowTables } from './tables/names.js';

/** Two to three seconds are usual; a cut-over that cannot be made shows itself by using up its attempts. */
const limitMs = 90_000;
const lockBudgetMs = 8_000;

/**
 * Runs the same gh-ost with the same flags on an empty clone of the table, through to its cut-over. What cannot end
 * there cannot end after six hours of copying either (MySQL 8.0.15 copies, and can never cut over: the DROP of
 * the sentry waits for a lock that its own session holds).
 * @returns what went wrong; undefined where nothing did
 */
export async function rehearse(statement: PlannedAlter, steered: GhostContext): Promise<string | undefined> {
  const { steering: _, journal: __, ...context } = steered;
  const { settings, server, signal, emit } = context;
  const name = tableLabel(statement.table);
  emit({
    type: 'phase',
    phase: 'rehearse',
    table: name,
    text: 'Rehearsing with gh-ost on an empty clone, cut-over included',
  });
  const facts = await withSession(settings.connection, { lockWaitTimeoutSeconds: 5 }, async (session) => {
    const cloned = {
      server,
      table: await inspectTable(session, server, statement.table),
      privileges: await readPrivileges(session),
      beside: true,
    } as const;
    return withScratch(session, cloned, settings, async (scratch) => {
      const clone = await scratch.fresh();
      for (const shadow of Object.values(shadowTables(clone.name)))
        scratch.adopt({ schema: clone.schema, name: shadow });
      const timed = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      // Nobody uses the clone: it is cut over at once.
      const decisions: GhostDecisions = {
        checksum: 'off',
        throttleReplicas: settings.ghost.throttleReplicas ?? [],
        cutOver: { when: 'auto', stallTotalMs: settings.cutOver.stallTotalMs },
        killBlockers: { spareRows: 0 },
        lockBudgetMs,
      };
      const before = normalizeDefinition(await readDefinition(session, clone));
      const promise = { before, ordered: true, renames: statement.promise.renames };
      const rehearsed = await migrate(
        { ...statement, table: clone, promise, estimate: { rough: true } },
        { ...context, decisions, signal: timed, emit: quietly(context) },
      );
      const { tables } = rehearsed;
      if (tables.seen && tables.oldTable !== undefined) {
        scratch.adopt({ schema: clone.schema, name: tables.oldTable });
      }
      return rehearsed;
    });
  });
  signal.throwIfAborted();
  return whyNotThrough(facts);
}

/** @returns undefined if the cut-over was made */
function whyNotThrough(facts: MigrationFacts): string | undefined {
  const { supervision, tables, ghost } = facts;
  if (tables.seen && tables.oldTable !== undefined) return undefined;
  if (supervision.stop.why === 'aborted')
    return `gh-ost did not get through an empty table within ${limitMs / 1_000} s`;
  if (!tables.seen) return tables.why ?? ghost.fatal ?? 'the connection to the server was lost';
  switch (supervision.stop.why) {
    case 'lock-timeout':
      return `gh-ost tried ${supervision.attempts} times to cut over an empty table that nobody uses, and did not get its lock`;
    case 'unequal':
      return 'the shadow table of an empty table is not empty';
    case 'drifted':
    case 'emptied':
      return 'somebody else has changed or dropped the empty clone';
    default:
      return whyFailed(facts);
  }
}

/** Only gh-ost's own lines: the phases of a rehearsal are not those of the run. */
function quietly({ emit }: GhostContext): GhostContext['emit'] {
  return (event) => {
    if (event.type === 'gh-ost') emit(event);
  };
}
