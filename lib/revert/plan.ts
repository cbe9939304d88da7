import type { Check, Plan, PlannedAlter, PlannedStatement } from '../documents/plan.js';
import { findGhost } from '../engines/gh-ost/binary/find.js';
import { readCreatedAt, readNoted } from '../engines/gh-ost/tables/old-table.js';
import { type Session, withSession } from '../mysql/session.js';
import { planId } from '../plan/fingerprint.js';
import { type Request, type Reverted, reviewLimit } from '../plan/request.js';
import { review } from '../plan/review.js';
import type { KeptTable } from '../runs/record.js';
import { type TableName, tableLabel } from '../sql/names.js';
import { normalizeDefinition, renamedTo } from '../table/forms.js';
import { type Column, readShape } from '../table/shape.js';

/**
 * The plan of a revert: that of the inverse statements, in which a kept original is swapped back where it can be, and
 * which says what cannot come back.
 */
export async function revertPlan(made: Plan, request: Request): Promise<Plan> {
  const { reverts, settings } = request;
  if (reverts === undefined) return made;
  const statements: PlannedStatement[] = [];
  for (const [index, statement] of made.statements.entries()) {
    const reverted = reverts[index];
    const isAlter = statement.kind === 'alter' && reverted !== undefined;
    statements.push(isAlter ? await takenBack(statement, reverted, settings) : statement);
  }
  const needsGhost = statements.some((each) => each.kind === 'alter' && each.revertTo !== undefined);
  const ghOst = made.server.ghOst ?? (needsGhost ? await findGhost(settings.ghost.path) : undefined);
  const server = { ...made.server, ...(ghOst && { ghOst }) };
  const run = reverts[0]?.run;
  return {
    ...made,
    ...(run !== undefined && { reverts: run }),
    server,
    statements,
    id: planId(server, statements),
    // What was refused as a statement may be swapped back.
    review: review(statements, reviewLimit(request)),
  };
}

async function takenBack(
  statement: PlannedAlter,
  { run, kept, losses }: Reverted,
  settings: Request['settings'],
): Promise<PlannedAlter> {
  const name = tableLabel(statement.table);
  const checks = [...statement.checks, ...losses.map(asCheck)];
  if (kept === undefined || settings.strategy === 'direct') return { ...statement, checks };
  const old = tableLabel(kept.oldTable);
  const state = await withSession(settings.connection, {}, async (session) =>
    (await refusesAll(session, statement, kept)) ? undefined : keptState(session, statement.table, kept),
  );
  if (state === undefined) return { ...statement, checks };
  if ('lost' in state) {
    const text = `${old} cannot be swapped back: ${state.lost}. What it holds that ${name} does not have is not brought back.`;
    return { ...statement, checks: [...checks, { id: 'revert-by-statement', level: 'warning', text }] };
  }
  const { clause: _, refusal: __, ...rest } = statement;
  const text = `gh-ost applies what was written since run ${run} to the kept original ${old}, which is compared with ${name} and swapped back.`;
  return {
    ...rest,
    strategy: 'gh-ost',
    class: 'unknown',
    checks: [
      ...statement.checks.filter(({ id }) => id !== room),
      ...losses.filter(({ id }) => !keptIds.has(id)).map(asCheck),
    ],
    reasons: [{ id: 'revert', text }],
    rejected: [],
    // Its rows need not be copied; how much was written since is not known.
    estimate: { ...withoutCopy(statement.estimate), rough: true },
    sentence: `${name} becomes what it was before run ${run}, with the rows that were written since; readers and writers go on, and stand still for a moment at the swap.`,
    promise: { ...statement.promise, after: state.definition },
    revertTo: { name: kept.oldTable.name, coordinates: state.coordinates },
  };
}

/** To swap back needs no room for a copy. */
const room = 'free-disk';

/** Whether what refuses the inverse statement refuses a swap back as well. */
async function refusesAll(
  session: Session,
  { strategy, reasons, table }: PlannedAlter,
  { coordinates }: KeptTable,
): Promise<boolean> {
  if (strategy !== 'refuse') return false;
  if (reasons[0]?.id === room) return false;
  // Behind what hinders gh-ost stands why it was wanted.
  if (!reasons.slice(0, -1).every(({ id }) => id === 'ghost-leftovers')) return true;
  // What a run that died behind its swap has left is what a revert goes on from.
  return coordinates === undefined || (await readNoted(session, table, { coordinates })) === undefined;
}

/** What the kept original still has. */
const keptIds: ReadonlySet<string> = new Set([
  'check-name',
  'converted',
  'key-block-size',
  'no-value',
  'rows-gone',
  'values-gone',
]);

function asCheck({ id, text }: Reverted['losses'][number]): Check {
  return { id: `revert-${id}`, level: 'warning', text };
}

function withoutCopy({ durationMs: _, diskBytes: __, binlogBytes: ___, ...rest }: PlannedAlter['estimate']) {
  return rest;
}

/**
 * Whether a kept original can be swapped back with what was written since, or why not.
 * @returns `definition`: what the table will be then
 */
async function keptState(
  session: Session,
  table: TableName,
  { oldTable, createdAt, coordinates }: KeptTable,
): Promise<{ coordinates: string; definition: string } | { lost: string }> {
  const now = await readCreatedAt(session, oldTable);
  if (now === undefined) return { lost: 'it is not there any more' };
  if (createdAt !== now) return { lost: 'a table of that name was made since' };
  if (coordinates === undefined) {
    return {
      lost: 'gh-ost noted no GTID at the swap, and a revert without would lose writes (gtid_mode is not ON)',
    };
  }
  const [row] = await session.rows<{ kept: number | null }>(
    'SELECT GTID_SUBSET(@@GLOBAL.gtid_purged, ?) AS kept',
    [coordinates],
  );
  if (!row?.kept) return { lost: 'the server has purged binlogs with writes since the swap' };
  const [is, was] = [await readShape(session, table), await readShape(session, oldTable)];
  const wanting = was.columns.find((column) => isWanting(column) && !has(is.columns, column));
  return wanting === undefined
    ? { coordinates, definition: renamedTo(normalizeDefinition(was.definition), table.name) }
    : {
        lost: `rows that were written since have no value for ${wanting.name}, which is NOT NULL without a default there`,
      };
}

/** A row that is written without it is refused in strict mode (error 1364). */
function isWanting({ nullable, default: value, generated, extra }: Column): boolean {
  return !nullable && value === undefined && !generated && !/auto_increment/i.test(extra);
}

function has(columns: readonly Column[], { name }: Column): boolean {
  return columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
}
