import { killAdvice } from '../plan/kill-advice.js';
import { outcome } from '../plan/outcome.js';
import type { PlannedStatement } from '../plan/plan.js';
import type { StatementResult } from '../plan/result.js';
import type { DefinitionState } from '../verify/definition.js';
import type { GhostEnd } from './migrate.js';

/**
 * What is so, from how gh-ost ended and what the table looks like now.
 * @param state absent where the server could not be asked
 */
export function ghostOutcome(
  statement: PlannedStatement,
  end: GhostEnd,
  state: DefinitionState | undefined,
  timing: { startedAt: string; durationMs: number },
): StatementResult {
  const name = `${statement.table.schema}.${statement.table.name}`;
  const facts = {
    ...timing,
    attempts: end.attempts,
    ...(end.rowsCopied !== undefined && { rowsCopied: end.rowsCopied }),
    ...(end.stallMs !== undefined && { writerStallMs: end.stallMs }),
    ...(end.left.length > 0 && { left: end.left }),
  };
  const untouched = `${name} is as it was${end.left.length > 0 ? `, and beside it stands ${end.left.join(', ')}` : ''}.`;
  const cleanUp = end.left.length > 0 ? `Drop ${end.left.join(', ')} when nobody uses them.` : undefined;
  if (state === undefined || end.end === 'unknown') {
    return outcome(statement, 'unknown', {
      ...facts,
      reason: {
        id: 'server-gone',
        text: `The server could not be asked after gh-ost ended${end.end === 'unknown' ? `: ${end.text}` : ''}.`,
      },
      state: `Whether ${name} was swapped is not known.`,
      next: `When the server answers again: SHOW CREATE TABLE ${name}; if a table ending in _gho stands beside it, it was not swapped.`,
    });
  }
  switch (end.end) {
    case 'swapped':
      return swapped(statement, end, state, facts, name);
    case 'aborted':
      return outcome(statement, 'aborted', {
        ...facts,
        reason: { id: 'aborted', text: 'Stopped on request.' },
        state: untouched,
        ...(cleanUp && { next: cleanUp }),
      });
    case 'lock-timeout':
      return outcome(statement, 'lock-timeout', {
        ...facts,
        reason: {
          id: 'cut-over-lock-timeout',
          text: 'The copy was complete, but the moment for the swap did not come within the budget.',
        },
        state: untouched,
        next: killAdvice(end.blockers),
        blockers: end.blockers,
      });
    case 'failed':
      return outcome(statement, 'failed', {
        ...facts,
        reason: { id: 'gh-ost-failed', text: `gh-ost failed: ${end.text}` },
        state:
          state.state === 'as-before' ? untouched : `${name} is not as it was: somebody else has changed it.`,
        next: cleanUp ?? 'Mend what it names, and run it again.',
      });
  }
}

function swapped(
  statement: PlannedStatement,
  end: Extract<GhostEnd, { end: 'swapped' }>,
  state: DefinitionState,
  facts: Pick<StatementResult, 'startedAt' | 'durationMs' | 'attempts'>,
  name: string,
): StatementResult {
  const oldTable = end.oldTable === undefined ? undefined : `${statement.table.schema}.${end.oldTable}`;
  const kept = oldTable === undefined ? {} : { oldTable };
  if (
    state.state === 'different' ||
    (state.state === 'as-before' && statement.promise.after !== statement.promise.before)
  ) {
    return outcome(statement, 'verification-failed', {
      ...facts,
      ...kept,
      reason: {
        id: 'not-as-promised',
        text: 'The tables were swapped, but the definition is not what the plan promised.',
      },
      state: `${name} is the copy; the original is kept as ${oldTable ?? 'nothing that was found'}.`,
      next: `Compare SHOW CREATE TABLE ${name} with the plan. To go back: RENAME TABLE (writes since the swap stay behind).`,
    });
  }
  return outcome(statement, 'done', {
    ...facts,
    ...kept,
    reason: { id: 'done', text: 'Copied by gh-ost, swapped, and verified.' },
    state: `${name} is as planned${oldTable === undefined ? '' : `; the original is kept as ${oldTable}`}.`,
    ...(oldTable !== undefined && { next: `When you are sure: DROP TABLE ${oldTable}.` }),
  });
}
