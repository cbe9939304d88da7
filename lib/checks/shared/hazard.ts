import type { Check } from '../../documents/plan.js';
import type { Session } from '../../mysql/session.js';
import type { TableName } from '../../sql/names.js';
import type { ChangeFacts, CheckFacts, CostFacts } from './facts.js';

/**
 * One thing that can go wrong with a change. What it has to look at decides when it is looked for: most need only the
 * difference that the probe found, not the text of the statement.
 */
export interface Hazard {
  /** Stable, and what `--accept` takes. */
  id: string;
  /** Of what it finds, unless a finding says otherwise. */
  level: Check['level'];
  /** Of a danger: `--accept` must not let it pass. */
  final?: boolean;
  inStatement?(facts: CheckFacts): Findings;
  inChange?(facts: ChangeFacts): Findings;
  /** Asks the server, but reads no row of the table. Each look is bounded; what stays unknown is no finding, or `unknown`. */
  onServer?(facts: ChangeFacts, session: Session): Promise<Findings>;
  /** What only the rows can tell. */
  inRows?(facts: ChangeFacts): RowsAsked | readonly RowsAsked[] | undefined;
  /** Known only when a strategy has been chosen. */
  inCosts?(facts: CostFacts): Findings;
}

export interface ReadTable {
  table: TableName;
  columns: readonly string[];
}

/** Hazards of one subject by their ids. */
export type Hazards = Readonly<Record<string, Omit<Hazard, 'id'>>>;

/** A finding that counts 0 is none. */
export type Findings = Finding | readonly Finding[] | undefined;
type Finding = Omit<Check, 'id' | 'level' | 'final'> & { level?: Check['level'] };

/**
 * Asks for rows that offend by themselves, or for keys that repeat; or says why the rows cannot tell.
 * `reads`: another table whose rows have a say, and by which columns.
 */
export type RowsAsked = { about: string; reads?: ReadTable } & (
  | { offends: string; text(count: number): string; fix: string }
  /** An expression that the server has to be able to compute for every row. */
  | { computes: string; text(count: number): string; fix: string }
  | { keyParts: readonly string[]; text(count: number): string; fix: string }
  | { why: string; fix?: string }
);
