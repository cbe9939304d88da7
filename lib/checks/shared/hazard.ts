import type { Check } from '../../documents/plan.js';
import type { Session } from '../../mysql/session.js';
import { findKeys, findRows, type Question } from '../../rows/question.js';
import type { TableName } from '../../sql/names.js';
import type { ChangeFacts, CheckFacts, CostFacts } from './facts.js';

/**
 * One thing that can go wrong with a change. What it has to look at decides when it is looked for: most need only the
 * difference that the probe found, not the text of the statement.
 */
export type Hazard = {
  /** Stable, and what `--accept` takes. */
  id: string;
  /** Of what it finds, unless a finding says otherwise. */
  level: Check['level'];
  /** Of a danger: `--accept` must not let it pass. */
  final?: true;
} & (
  | { inStatement(facts: CheckFacts): Findings }
  | { inChange(facts: ChangeFacts): Findings }
  /** Asks the server, but reads no row of the table. Each look is bounded; what stays unknown is no finding, or `unknown`. */
  | { onServer(facts: ChangeFacts, session: Session): Promise<Findings> }
  /** What only the rows can tell. */
  | { inRows(facts: ChangeFacts): readonly RowsAsked[] }
  /** Known only when a strategy has been chosen. */
  | { inCosts(facts: CostFacts): Findings }
);

export type Findings = Finding | readonly Finding[] | undefined;
type Finding = Omit<Check, 'id' | 'level' | 'final'> & { level?: Check['level'] };

/** Asks for rows that offend by themselves, or for keys that repeat; or says why the rows cannot tell. */
export type RowsAsked = { about: string } & (
  | { offends: string; text(count: number): string; fix: string }
  | { keyParts: readonly string[]; text(count: number): string; fix: string }
  | { why: string; fix?: string }
);

export function checksOf({ id, level, final }: Hazard, findings: Findings): Check[] {
  const all = findings === undefined ? [] : [findings].flat();
  return all.map((found) => ({ id, level, ...found, ...(final && { final }) }));
}

/** A fix ends with the statement that finds the rows. */
export function questionOf({ id, level, final }: Hazard, table: TableName, asked: RowsAsked): Question {
  const { about, fix } = asked;
  if ('why' in asked) {
    return { kind: 'unknown', finding: { id, about, ...(fix && { fix }) }, why: asked.why };
  }
  const find = 'offends' in asked ? findRows(table, asked.offends) : findKeys(table, asked.keyParts);
  const finding = {
    id,
    level: level === 'danger' ? level : 'warning',
    ...(final && { final }),
    about,
    text: asked.text,
    fix: `${fix} Find them: ${find}`,
  } as const;
  return 'offends' in asked
    ? { kind: 'rows', offends: asked.offends, finding }
    : { kind: 'key', parts: asked.keyParts, finding };
}
