import type { Check, DurationRange, Reason, Refusal } from '../../documents/plan.js';
import type { ExitCode } from '../../exit-code.js';
import type { RowCount } from '../../inspect/table.js';

/** What is predicted of a plain statement. */
export interface Outlook {
  reasons: readonly Reason[];
  checks?: readonly Check[];
  /** Of the table that it touches; of a statement that writes rows, those that the server examines. Absent: unknown. */
  rows?: RowCount | undefined;
  durationMs?: DurationRange | undefined;
  /** Absent: it is run. */
  settled?: { strategy: 'nothing' } | { strategy: 'refuse'; refusal: Refusal };
}

export function refused(reason: Reason, exitCode: ExitCode, next: string): Outlook {
  return { reasons: [reason], settled: { strategy: 'refuse', refusal: { exitCode, next } } };
}

export function nothingToDo(reasons: readonly Reason[], checks: readonly Check[] = []): Outlook {
  return { reasons, checks, settled: { strategy: 'nothing' } };
}
