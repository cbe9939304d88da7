import { isLockWaitTimeout, mayBeInPlace } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import type { Settings } from '../settings/settings.js';
import type { AlterStatement } from '../sql/statement.js';
import { hasKeyword } from '../sql/tokens.js';
import { comparable } from '../table/forms.js';
import { type ClauseState, clauseStates, duplicates } from './already-applied.js';
import { needsScratchSchema, probeFault, refuseRowsElsewhere, serverLocked } from './faults.js';
import { inScratch, type Scratch, type ScratchFacts, withScratch } from './scratch.js';
import { type Tracer, trace } from './tracer.js';
import { type Trial, tryCheapest } from './trial.js';

/** The server's verdict on a change, tried on an empty clone. */
export type Probe =
  | ({ kind: 'applies'; tracer: Tracer } & Trial)
  /** Every clause is in place, or the statement would change neither definition nor values. */
  | { kind: 'in-place'; facts: readonly string[] }
  /** Some clauses are in place and some are not, or a name is taken by something else. */
  | { kind: 'conflict'; states: readonly ClauseState[] }
  /** The server refuses it for any table of this shape. */
  | { kind: 'rejected'; errno: number; message: string };

export interface ProbeOptions {
  /** Start above this clause: the real table has refused it. */
  above?: string;
}

/**
 * Tries a change on an empty clone: what it costs, and what it does to definition and values. The clone is dropped before
 * this returns, whatever happens.
 * @param session without a default schema: what a statement does not name by schema must not reach a real table
 * @throws {Fault} if no clone can be created (exit code 5 if a lock over the whole server prevents it), or if the changed clone would share real rows
 */
export async function probe(
  session: Session,
  facts: ScratchFacts,
  statement: AlterStatement,
  settings: Settings,
  options: ProbeOptions = {},
): Promise<Probe> {
  const { server, table, privileges } = facts;
  try {
    return await withScratch(session, { ...facts, statement }, settings, (scratch) => {
      if (!scratch.hasForeignKeys) refuseConstraints(statement);
      return tryOut(scratch, facts, inScratch(statement), options);
    });
  } catch (error) {
    if (isLockWaitTimeout(error)) throw await serverLocked(session, server, table.name, error);
    throw probeFault(error, table.name, privileges);
  }
}

async function tryOut(
  scratch: Scratch,
  { server }: ScratchFacts,
  statement: AlterStatement,
  { above }: ProbeOptions,
): Promise<Probe> {
  const trial = await tryCheapest(scratch, server, statement, above);
  if ('error' in trial) {
    const { error } = trial;
    const states = mayBeInPlace(error) ? await clauseStates(scratch, server, statement) : undefined;
    return judge(states ?? []) ?? { kind: 'rejected', errno: error.errno, message: error.message };
  }
  const { before, after, difference, rebuilds } = trial;
  // The clone is still empty; the tracer would fill it.
  refuseRowsElsewhere('The changed table', after.definition);
  const tracer = await trace(scratch, statement, after.columns);
  // Never from the definition alone: DROP b + ADD b of the same type leaves it as it was, and loses the values.
  if (!difference.definition && !rebuilds && tracer.kind === 'known' && tracer.unchanged) {
    return { kind: 'in-place', facts: ['it would change neither the definition nor the values'] };
  }
  const there = duplicates(
    comparable(before.definition),
    comparable(after.definition),
    statement.clauses.map(({ text }) => text),
  );
  return there.length > 0 ? { kind: 'in-place', facts: there } : { kind: 'applies', tracer, ...trial };
}

/** @returns undefined if nothing is known of the clauses */
function judge(states: readonly ClauseState[]): Probe | undefined {
  if (states.length === 0) return undefined;
  const facts = states.flatMap((state) => (state.state === 'in-place' ? [state.text] : []));
  return facts.length === states.length ? { kind: 'in-place', facts } : { kind: 'conflict', states };
}

/** A clone beside the original has no foreign keys, and its CHECKs have other names: it would give wrong answers. */
function refuseConstraints(statement: AlterStatement): void {
  if (!hasKeyword(statement.spec, 'CONSTRAINT', 'FOREIGN', 'CHECK', 'REFERENCES')) return;
  throw needsScratchSchema('A change of constraints can only be tried in a schema of its own');
}
