import { mayBeInPlace } from '../mysql/errors.js';
import type { Session } from '../mysql/session.js';
import type { Settings } from '../settings/settings.js';
import type { AlterStatement } from '../sql/statement.js';
import { hasKeyword } from '../sql/tokens.js';
import { comparable } from '../table/forms.js';
import { type ClauseState, clauseStates } from './already-applied.js';
import { cannotBeCloned, needsScratchSchema, probeFault, rowsElsewhere } from './faults.js';
import { type Climb, climb, duplicates } from './ladder.js';
import { inScratch, type Scratch, type ScratchFacts, withScratch } from './scratch.js';
import { trace } from './tracer.js';
import type { Tracer } from './vectors.js';

/** The server's verdict on a change, tried on an empty clone. */
export type Probe =
  | ({ kind: 'applies'; tracer: Tracer } & Climb)
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
 * @throws {Fault} if no clone can be created, or if the changed clone would share real rows
 */
export async function probe(
  session: Session,
  facts: ScratchFacts,
  statement: AlterStatement,
  settings: Settings,
  options: ProbeOptions = {},
): Promise<Probe> {
  const { table, privileges } = facts;
  try {
    return await withScratch(session, { ...facts, statement }, settings, (scratch) => {
      if (!scratch.hasForeignKeys) refuseConstraints(statement);
      return tryOut(scratch, facts, inScratch(statement), options);
    });
  } catch (error) {
    throw probeFault(error, table.name, privileges);
  }
}

async function tryOut(
  scratch: Scratch,
  { server }: ScratchFacts,
  statement: AlterStatement,
  { above }: ProbeOptions,
): Promise<Probe> {
  const climbed = await climb(scratch, server, statement, above);
  if ('error' in climbed) {
    const { error } = climbed;
    const states = mayBeInPlace(error) ? await clauseStates(scratch, server, statement) : undefined;
    return states === undefined
      ? { kind: 'rejected', errno: error.errno, message: error.message }
      : judge(states);
  }
  // The clone is still empty; the tracer would fill it.
  const elsewhere = rowsElsewhere(climbed.after.definition);
  if (elsewhere !== undefined) throw cannotBeCloned('The changed table', elsewhere);
  const tracer = await trace(scratch, statement, climbed.after.columns);
  if (changesNothing(climbed, tracer)) {
    return { kind: 'in-place', facts: ['it would change neither the definition nor the values'] };
  }
  const { before, after } = climbed;
  const there = duplicates(
    comparable(before.definition),
    comparable(after.definition),
    statement.clauses.map(({ text }) => text),
  );
  if (there.length > 0) return { kind: 'in-place', facts: there };
  return { kind: 'applies', tracer, ...climbed };
}

function judge(states: readonly ClauseState[]): Probe {
  if (states.every(({ state }) => state === 'in-place')) {
    return {
      kind: 'in-place',
      facts: states.flatMap((state) => (state.state === 'in-place' ? [state.text] : [])),
    };
  }
  return { kind: 'conflict', states };
}

/** Never from the definition alone: DROP b + ADD b of the same type leaves it as it was, and loses the values. */
function changesNothing(climbed: Climb, tracer: Tracer): boolean {
  return !climbed.difference.definition && !climbed.rebuilds && tracer.kind === 'known' && tracer.unchanged;
}

/** A clone beside the original has no foreign keys, and its CHECKs have other names: it would give wrong answers. */
function refuseConstraints(statement: AlterStatement): void {
  if (!hasKeyword(statement.spec, 'CONSTRAINT', 'FOREIGN', 'CHECK', 'REFERENCES')) return;
  throw needsScratchSchema('A change of constraints can only be tried in a schema of its own');
}
