import { exitCodes, Fault } from '../../fault.js';
import type { Session } from '../../mysql/session.js';
import type { PlannedAlter, TableName } from '../../plan/plan.js';
import { tableLabel } from '../../plan/table-label.js';
import type { GhostContext } from '../flight.js';
import { dropShadows, type Leftovers, readLeftovers } from '../tables/leftovers.js';
import { sortOutTaken } from '../tables/names.js';
import { readEarlierCopy, whyAnew } from './earlier-copy.js';
import { engineRecord } from './engine-record.js';

/**
 * Looks at what stands beside the table before gh-ost is started. What a dead run of ours has left of the same change
 * is gone on with; of another, or where gh-ost cannot go on with it, it is taken away.
 * @returns `before`: what is somebody else's, and stays
 * @throws {Fault} exit code 11 where what is ours could not be taken away, or somebody has taken a name since the plan
 */
export async function takeOver(
  session: Session,
  statement: PlannedAlter,
  context: GhostContext,
): Promise<{ before: Leftovers; resumes: boolean }> {
  const { settings, emit, journal } = context;
  const { table } = statement;
  const name = tableLabel(table);
  const earlier = journal && (await readEarlierCopy(session, table, settings.stateDir));
  const there = await readLeftovers(session, table);
  const theirs: Leftovers = { sentries: there.sentries, old: there.old };
  if (earlier === undefined) {
    refuseTaken(table, there);
    return { before: theirs, resumes: false };
  }
  const why = whyAnew(earlier, engineRecord(statement, context));
  if (why === undefined) {
    const text = `Going on with the copy of run ${earlier.run}, from its last checkpoint`;
    emit({ type: 'warning', id: 'resumed', table: name, text });
    return { before: theirs, resumes: true };
  }
  const text = `The copy of run ${earlier.run} is dropped and begun anew: ${why}`;
  emit({ type: 'warning', id: 'begun-anew', table: name, text });
  const left = await dropShadows(session, table, theirs);
  if (left.length > 0) {
    throw new Fault(`What run ${earlier.run} left could not be dropped: ${left.join(', ')}.`, {
      id: 'leftovers',
      exitCode: exitCodes.environment,
      state: `${name} is as it was.`,
      next: `Drop ${left.join(', ')}, and run it again.`,
    });
  }
  return { before: theirs, resumes: false };
}

/** gh-ost would drop a changelog or checkpoints of anybody. */
function refuseTaken(table: TableName, { ghost, changelog, checkpoint }: Leftovers): void {
  const taken = [ghost, changelog, checkpoint].filter((name) => name !== undefined);
  if (taken.length === 0) return;
  const names = taken.map((name) => `${table.schema}.${name}`).join(', ');
  throw new Fault(`gh-ost needs names that are taken: ${names}.`, {
    id: 'ghost-leftovers',
    exitCode: exitCodes.environment,
    state: `${tableLabel(table)} is as it was.`,
    next: `${sortOutTaken}, and run it again.`,
  });
}
