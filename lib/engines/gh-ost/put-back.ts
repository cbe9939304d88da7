import type { PlannedAlter } from '../../documents/plan.js';
import type { KeptTable } from '../../documents/record.js';
import type { Session } from '../../mysql/session.js';
import { named } from '../../sql/names.js';
import { normalizeDefinition, renamedTo } from '../../table/forms.js';
import { type Column, readShape } from '../../table/shape.js';
import type { Engine, PutBack } from '../engine.js';
import { findGhost } from './binary/find.js';
import { readCreatedAt, readRevertCheckpoint } from './tables/revert-checkpoint.js';

/** gh-ost puts an old table back: it applies to it what was written since the cut-over, and cuts over once more. */
export const putBack: NonNullable<Engine['putBack']> = {
  look: async (session, statement, kept) =>
    (await isRefused(session, statement, kept)) ? { kind: 'refused' } : look(session, statement, kept),
  program: ({ ghost }) => findGhost(ghost.path),
};

/** An old table that is put back needs no room for a copy. */
const room = 'free-disk';

/** Whether what refuses the inverse statement stands in the way of the old table as well. */
async function isRefused(
  session: Session,
  { strategy, reasons, table }: PlannedAlter,
  { coordinates }: KeptTable,
): Promise<boolean> {
  if (strategy !== 'refuse') return false;
  if (reasons[0]?.id === room) return false;
  // The last reason is why gh-ost was wanted, those before it are its obstacles.
  if (!reasons.slice(0, -1).every(({ id }) => id === 'ghost-leftovers')) return true;
  // What a run that died after its cut-over left behind is what a revert resumes from.
  return (
    coordinates === undefined || (await readRevertCheckpoint(session, table, { coordinates })) === undefined
  );
}

async function look(
  session: Session,
  { table }: PlannedAlter,
  { oldTable, createdAt, coordinates }: KeptTable,
): Promise<PutBack> {
  const lost = (why: string) => ({ kind: 'lost', why }) as const;
  const now = await readCreatedAt(session, oldTable);
  if (now === undefined) return lost('it is not there any more');
  if (createdAt !== now) return lost('a table of that name was made since');
  if (coordinates === undefined) {
    return lost(
      'gh-ost noted no GTID at the cut-over, and a revert without one would lose writes (gtid_mode is not ON)',
    );
  }
  const [row] = await session.rows<{ kept: number | null }>(
    'SELECT GTID_SUBSET(@@GLOBAL.gtid_purged, ?) AS kept',
    [coordinates],
  );
  if (!row?.kept) return lost('the server has purged binary logs with writes since the cut-over');
  const [is, was] = [await readShape(session, table), await readShape(session, oldTable)];
  const wanting = was.columns.find((column) => isWanting(column) && !named(is.columns, column.name));
  if (wanting !== undefined) {
    return lost(
      `rows written since have no value for ${wanting.name}, which is NOT NULL without a default there`,
    );
  }
  const definition = renamedTo(normalizeDefinition(was.definition), table.name);
  return { kind: 'possible', coordinates, definition, settles: [room] };
}

/** A row that is written without it is refused in strict mode (error 1364). */
function isWanting({ nullable, default: value, generated, extra }: Column): boolean {
  return !nullable && value === undefined && !generated && !/auto_increment/i.test(extra);
}
